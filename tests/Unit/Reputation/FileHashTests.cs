using System.Security.Cryptography;
using System.Text;
using Sensor.Detection;
using Sensor.Files;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Reputation;

namespace Sensor.Tests.Reputation;

public sealed class FileHashTests
{
    private static readonly byte[] Content = Encoding.ASCII.GetBytes("bytes of a file nobody wants");

    private sealed class Hits : IReputationSink
    {
        public List<string> Observed { get; } = [];

        public void Hit(Flow flow, Transaction? transaction, ReputationEntry entry, ReadOnlySpan<byte> observed) => Observed.Add(Encoding.ASCII.GetString(observed));
    }

    private sealed class Carrier : Transaction;

    [Theory]
    [InlineData("MD5", FileHashes.Md5)]
    [InlineData("SHA1", FileHashes.Sha1)]
    [InlineData("SHA256", FileHashes.Sha256)]
    public void A_listed_file_is_told_once_when_it_has_ended(string algorithm, FileHashes asked)
    {
        string digest = Convert.ToHexString(CryptographicOperations.HashData(new HashAlgorithmName(algorithm), Content));
        ReputationSet set = Set(digest);
        Assert.Equal(asked, set.AskedHashes);
        using var tracker = new FileTracker { Hashes = set.AskedHashes };
        var flow = new Flow { Slot = 0 };
        var transaction = new Carrier();
        var hits = new Hits();
        int file = tracker.Open(flow, transaction, Direction.ToClient, "x.exe"u8, default);
        tracker.Append(file, Content);
        Inspect();
        Assert.Empty(hits.Observed);
        tracker.Close(file, complete: true, default);
        Inspect();
        Inspect();
        Assert.Equal(digest.ToLowerInvariant(), Assert.Single(hits.Observed));

        void Inspect() => set.InspectTransaction(flow, ProtocolCatalog.All[0], transaction, Direction.ToClient, hits);
    }

    [Fact]
    public void What_is_no_digest_is_reported()
    {
        var errors = new List<ReputationError>();
        ReputationSet set = ReputationSet.Build([List("nothing like a digest", new string('z', 64), new string('0', 63))], errors);
        Assert.Equal(3, errors.Count);
        Assert.Equal(FileHashes.None, set.AskedHashes);
    }

    private static ReputationSet Set(params string[] entries)
    {
        var errors = new List<ReputationError>();
        ReputationSet set = ReputationSet.Build([List(entries)], errors);
        Assert.Empty(errors);
        return set;
    }

    private static ReputationList List(params string[] entries) => new()
    {
        Name = "demo",
        Kind = ReputationKind.Hash,
        Category = "malware",
        ThreatClass = "malware-download",
        Severity = "high",
        Sid = 7100999,
        Entries = entries,
    };
}
