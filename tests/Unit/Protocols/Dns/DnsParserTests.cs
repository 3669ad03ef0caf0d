using System.Text;
using Sensor.Flows;
using Sensor.Primitives;
using Sensor.Protocols;
using Sensor.Protocols.Dns;

namespace Sensor.Tests.Protocols.Dns;

public sealed class DnsParserTests
{
    private const byte Udp = 17;

    private static readonly DnsProtocol s_dns = DnsProtocol.Dns;

    private static DnsBytes Query(string name, int type = 1, ushort id = 0x1032) => DnsBytes.Message(id, 0x0100, questions: 1).Question(name, type);

    private static DnsBytes Answer(string name, ushort flags = 0x8180, int answers = 1, int authorities = 0, int additionals = 0) =>
        DnsBytes.Message(0x1032, flags, 1, answers, authorities, additionals).Question(name, 1);

    private static ProtocolTranscript Transcript() => new(s_dns);

    /// <summary>Reads one datagram and shows its transaction.</summary>
    private static void Datagram(byte[] bytes, Direction direction, Action<DnsTransaction> look)
    {
        AppParser parser = s_dns.CreateParser(new ProtocolOptions());
        var flow = new Flow { Slot = 0, IpProtocol = Udp };
        var context = new ParseContext { Flow = flow, Direction = direction, Time = default, Files = NoFiles.Instance };
        Assert.Equal(bytes.Length, parser.Parse(bytes, context).Consumed);
        look(Assert.IsType<DnsTransaction>(Assert.Single(parser.Transactions)));
        parser.Reset();
    }

    private static List<string> EventsOf(DnsTransaction message) =>
        [.. Enumerable.Range(0, DnsEvents.Names.Count).Where(number => message.Events.Contains(number)).Select(number => DnsEvents.Names[number])];

    private static string NameOf(DnsTransaction message, in DnsEntry entry) => Encoding.Latin1.GetString(message.TextOf(entry.Name));

    [Fact]
    public void Request_and_response_are_transactions_of_their_own_at_every_split()
    {
        string result = Transcript()
            .Client(Query("www.Example.com").ToStream())
            .Server(Answer("www.Example.com").Record(DnsType.A, 300, 192, 0, 2, 1).ToStream())
            .AssertSameAtEverySplit();

        Assert.Contains("dns.query ToServer [0] @0: www.Example.com", result, StringComparison.Ordinal);
        Assert.Contains("dns.queries.rrname ToServer [0] @0: www.Example.com", result, StringComparison.Ordinal);
        Assert.Contains("dns.queries.rrname ToClient [0] @0: www.Example.com", result, StringComparison.Ordinal);
        Assert.Contains("dns.answers.rrname ToClient [0] @0: www.Example.com", result, StringComparison.Ordinal);
        Assert.Contains("""{"dns":{"version":3,"type":"request","tx_id":0,"id":4146,"flags":"100","rd":true,"opcode":0,"rcode":"NOERROR","queries":[{"rrname":"www.Example.com","rrtype":"A"}]}}""", result, StringComparison.Ordinal);
        Assert.Contains("""{"dns":{"version":3,"type":"response","tx_id":1,"id":4146,"flags":"8180","qr":true,"rd":true,"ra":true,"opcode":0,"rcode":"NOERROR","queries":[{"rrname":"www.Example.com","rrtype":"A"}],"answers":[{"rrname":"www.Example.com","rrtype":"A","ttl":300,"rdata":"192.0.2.1"}],"grouped":{"A":["192.0.2.1"]}}}""", result, StringComparison.Ordinal);
        Assert.DoesNotContain("dns.query ToClient", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_record_type_with_a_format_is_spelled_out()
    {
        byte[] soa = [.. DnsBytes.Encoded("ns.example"), .. DnsBytes.Encoded("admin.example"), 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 5];
        byte[] ipv6 = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x68];
        string result = Transcript().Server(Answer("a.example", answers: 9, authorities: 1, additionals: 2)
            .Record(DnsType.Cname, 1, 1, (byte)'b', 0xc0, 14)
            .Record(DnsType.Mx, 2, [0, 10, .. DnsBytes.Encoded("mail.example")])
            .Record(DnsType.Txt, 3, 2, (byte)'v', (byte)'1', 0, 1, (byte)'x')
            .Record(DnsType.Aaaa, 4, ipv6)
            .Record(DnsType.Srv, 5, [0, 1, 0, 2, 0x13, 0xc4, .. DnsBytes.Encoded("sip.example")])
            .Record(DnsType.Sshfp, 6, 1, 2, 0xab, 0xcd)
            .Record(DnsType.Null, 7, (byte)'V', 0xc5, 0xe9, 1)
            .Record(DnsType.Soa, 8, soa)
            .Record(65280, 9, 1, 2, 3)
            .Record(DnsType.Ns, 10, DnsBytes.Encoded("ns.example"))
            .Raw(0).Number16(DnsType.Opt).Number16(1232).Number32(0).Number16(6).Raw(0, 10, 0, 2, 0xbe, 0xef)
            .Record(DnsType.A, 11)
            .ToStream()).AssertSameAtEverySplit();

        foreach (string expected in new[]
        {
            """{"rrname":"a.example","rrtype":"CNAME","ttl":1,"rdata":"b.example"}""",
            """rrtype":"MX","ttl":2,"rdata":"mail.example"}""",
            """rrtype":"TXT","ttl":3,"rdata":"v1"},{"rrname":"a.example","rrtype":"TXT","ttl":3,"rdata":""},{"rrname":"a.example","rrtype":"TXT","ttl":3,"rdata":"x"}""",
            """rdata":"2001:0db8:0000:0000:0000:0000:0000:0068"}""",
            """srv":{"priority":1,"weight":2,"port":5060,"name":"sip.example"}""",
            """sshfp":{"fingerprint":"ab:cd","algo":1,"type":2}""",
            """rrtype":"NULL","ttl":7,"rdata":"V\\xc5\\xe9\u0001"}""",
            """soa":{"mname":"ns.example","rname":"admin.example","serial":1,"refresh":2,"retry":3,"expire":4,"minimum":5}""",
            """{"rrname":"a.example","rrtype":"65280","ttl":9}""",
            """authorities":[{"rrname":"a.example","rrtype":"NS","ttl":10,"rdata":"ns.example"}]""",
            """additionals":[{"rrname":"","rrtype":"OPT","ttl":0,"opt":[{"code":10,"data":"beef"}]},{"rrname":"a.example","rrtype":"A","ttl":11,"rdata":""}]""",
            """TXT":["v1","","x"]""",
            "dns.response.rrname ToClient [5] @0: mail.example",
        })
        {
            Assert.Contains(expected, result.Replace("\\u0022", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("dns.malformed", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Pointer_may_lead_forward()
    {
        byte[] bytes = DnsBytes.Message(1, 0x0100, questions: 2).Pointer(18).Number16(1).Number16(1).Question("later.example", 1).ToArray();
        Datagram(bytes, Direction.ToServer, message =>
        {
            Assert.Equal("later.example", NameOf(message, message.Entries[0]));
            Assert.Equal("later.example", NameOf(message, message.Entries[1]));
            Assert.Empty(EventsOf(message));
        });
    }

    [Fact]
    public void Pointer_that_leads_back_ends_at_a_limit()
    {
        Datagram(DnsBytes.Message(1, 0x0100, questions: 1).Pointer(12).Number16(1).Number16(1).ToArray(), Direction.ToServer, message =>
            Assert.Equal(["infinite_loop"], EventsOf(message)));
        Datagram(DnsBytes.Message(1, 0x0100, questions: 1).Label("x").Pointer(12).Number16(1).Number16(1).ToArray(), Direction.ToServer, message =>
            Assert.Equal(["too_many_labels"], EventsOf(message)));
        Datagram(DnsBytes.Message(1, 0x0100, questions: 1).Label("long-label").Pointer(12).Number16(1).Number16(1).ToArray(), Direction.ToServer, message =>
            Assert.Equal(["name_too_long"], EventsOf(message)));
    }

    [Fact]
    public void Chains_of_pointers_cost_no_more_than_the_message()
    {
        // A chain of 250 pointers inside the data of a record, and 2000 names that each run through it from another link.
        const int names = 2000, links = 250;
        DnsBytes message = DnsBytes.Message(1, 0x8000, 0, 1 + names).Raw(0).Number16(99).Number16(1).Number32(0).Number16(2 * (links + 1));
        int chain = message.Length;
        message.Raw(0, 0);
        for (int i = 0; i < links; i++) message.Pointer(chain + (2 * i));
        for (int i = 0; i < names; i++) message.Pointer(chain + (2 * (links - (i % 40)))).Number16(99).Number16(1).Number32(0).Number16(0);
        Datagram(message.ToArray(), Direction.ToClient, read =>
        {
            Assert.Equal(["infinite_loop"], EventsOf(read));
            Assert.Equal(1 + names, read.Entries.Length);
        });
    }

    [Fact]
    public void Overlong_name_is_cut_and_the_rest_of_the_message_still_read()
    {
        string longName = string.Join('.', Enumerable.Repeat(new string('a', 63), 20));
        Datagram(DnsBytes.Message(1, 0x0100, questions: 2).Question(longName, 1).Question("after.example", 28).ToArray(), Direction.ToServer, message =>
        {
            Assert.Equal(["name_too_long"], EventsOf(message));
            Assert.Equal(longName[..DnsLimits.Name], NameOf(message, message.Entries[0]));
            Assert.True(message.Entries[0].Name.IsTruncated);
            Assert.Equal("after.example", NameOf(message, message.Entries[1]));
        });
    }

    [Fact]
    public void Name_of_too_many_labels_is_cut() =>
        Datagram(Query(string.Join('.', Enumerable.Repeat("a", 300))).ToArray(), Direction.ToServer, message =>
        {
            Assert.Equal(["too_many_labels"], EventsOf(message));
            Assert.Equal((2 * DnsLimits.Labels) - 1, message.Entries[0].Name.Length);
        });

    [Fact]
    public void Header_flags_that_may_not_be_set_are_events()
    {
        Datagram(DnsBytes.Message(1, 0x0140, questions: 1).Question("z.example", 1).ToArray(), Direction.ToServer, message => Assert.Equal(["z_flag_set"], EventsOf(message)));
        Datagram(DnsBytes.Message(1, 0x4900, questions: 1).Question("o.example", 1).ToArray(), Direction.ToServer, message => Assert.Equal(["invalid_opcode"], EventsOf(message)));
        Datagram(DnsBytes.Message(1, 0x2000, questions: 1).Question("n.example", 1).ToArray(), Direction.ToServer, message => Assert.Empty(EventsOf(message)));
    }

    [Fact]
    public void Direction_that_does_not_fit_the_message_is_an_event()
    {
        string result = Transcript()
            .Client(Query("a.example").ToStream())
            .Client(Answer("a.example", answers: 0).ToStream())
            .Server(Query("b.example").ToStream())
            .AssertSameAtEverySplit();
        Assert.Contains("transaction 1: request 1, response 1\n  events: dns.not_a_request", result, StringComparison.Ordinal);
        Assert.Contains("transaction 2: request 1, response 1\n  events: dns.not_a_response", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Flow_picked_up_at_its_response_is_turned_and_no_offence() =>
        Assert.DoesNotContain("not_a_", Transcript().Client(Answer("a.example", answers: 0).ToStream()).Server(Query("a.example").ToStream()).Describe(), StringComparison.Ordinal);

    [Fact]
    public void Only_the_side_that_has_the_message_waits_for_inspection()
    {
        Datagram(Query("a.example").ToArray(), Direction.ToServer, message => Assert.True(message is { RequestInspected: false, ResponseInspected: true }));
        Datagram(Answer("a.example", answers: 0).ToArray(), Direction.ToClient, message => Assert.True(message is { RequestInspected: true, ResponseInspected: false }));
    }

    [Fact]
    public void Broken_additionals_leave_the_rest_usable()
    {
        byte[] bytes = Answer("a.example", additionals: 1).Record(DnsType.A, 1, 192, 0, 2, 1).Pointer(12).Number16(1).Raw(0).ToArray();
        Datagram(bytes, Direction.ToClient, message =>
        {
            Assert.Equal(["invalid_additionals"], EventsOf(message));
            Assert.Equal(1, message.In(DnsSection.Answers).Length);
            Assert.True(message.In(DnsSection.Additionals).IsEmpty);
        });
    }

    [Fact]
    public void Broken_authorities_leave_the_answers_usable()
    {
        byte[] bytes = Answer("a.example", authorities: 2).Record(DnsType.A, 1, 192, 0, 2, 1).Record(DnsType.Ns, 1, 0).Pointer(12).Raw(0).ToArray();
        Datagram(bytes, Direction.ToClient, message =>
        {
            Assert.Equal(["invalid_authorities"], EventsOf(message));
            Assert.Equal(1, message.In(DnsSection.Answers).Length);
            Assert.True(message.In(DnsSection.Authorities).IsEmpty);
        });
    }

    [Fact]
    public void Message_cut_anywhere_never_throws_and_says_that_it_is_broken()
    {
        byte[] bytes = Answer("a.example").Record(DnsType.A, 1, 192, 0, 2, 1).ToArray();
        for (int length = 0; length < bytes.Length; length++)
        {
            Datagram(bytes[..length], Direction.ToClient, message => Assert.Contains("malformed_data", EventsOf(message)));
        }
    }

    [Fact]
    public void Data_that_does_not_fit_its_type_is_an_event_and_the_next_record_is_read()
    {
        byte[] bytes = Answer("a.example", answers: 2).Record(DnsType.Cname, 1, 0x80).Record(DnsType.A, 1, 192, 0, 2, 1).ToArray();
        Datagram(bytes, Direction.ToClient, message =>
        {
            Assert.Equal(["malformed_data"], EventsOf(message));
            Assert.True(message.In(DnsSection.Answers)[0].IsDataInvalid);
            Assert.Equal(4, message.In(DnsSection.Answers)[1].Data.Length);
        });
    }

    [Fact]
    public void Names_that_compression_blows_up_stop_at_the_limit()
    {
        // 4000 records, each a label of its own before a pointer to a name of 250 bytes: a megabyte if spelled out.
        DnsBytes message = DnsBytes.Message(1, 0x8000, 1, 4000).Question(string.Join('.', Enumerable.Repeat(new string('a', 49), 5)), 1);
        for (int i = 0; i < 4000; i++) message.Label("b").Pointer(12).Number16(99).Number16(1).Number32(0).Number16(0);
        Datagram(message.ToArray(), Direction.ToClient, read =>
        {
            Assert.Equal(["message_too_complex"], EventsOf(read));
            Assert.InRange(read.Entries.Length, 900, 1100);
            Assert.True(read.TextLength <= DnsLimits.Text);
        });
    }

    [Fact]
    public void Names_that_are_only_pointers_share_their_text()
    {
        DnsBytes message = DnsBytes.Message(1, 0x8000, 1, 4000).Question("www.example.com", 1);
        for (int i = 0; i < 4000; i++) message.Record(DnsType.A, 1, 192, 0, 2, 1);
        Datagram(message.ToArray(), Direction.ToClient, read =>
        {
            Assert.Empty(EventsOf(read));
            Assert.Equal(4000, read.In(DnsSection.Answers).Length);
            Assert.Equal("www.example.com".Length + (4000 * 4), read.TextLength);
        });
    }

    [Fact]
    public void Crumbs_and_floods_of_messages_stay_bounded()
    {
        byte[] crumbs = [.. Enumerable.Repeat<byte[]>([0, 1, 7], 5000).SelectMany(one => one)];
        Transcript().Client(crumbs).Inspect((parser, _) => Assert.Single(parser.Transactions));

        byte[] flood = [.. Enumerable.Repeat(Query("a.example").ToStream(), 3000).SelectMany(one => one)];
        Transcript().Client(flood).Inspect((parser, _) =>
        {
            Assert.Equal(ProtocolSettings.DefaultMaximumTransactions, parser.Transactions.Count);
            Assert.True(parser.Transactions[^1].Events.Contains((int)DnsEvent.TooManyMessages));
        });
    }

    [Fact]
    public void After_a_gap_reading_goes_on_where_a_message_begins()
    {
        string result = Transcript()
            .Client(Query("first.example").ToStream())
            .ClientMisses(100)
            .Client("the end of a message that was not seen"u8.ToArray())
            .Client(Query("second.example").ToStream())
            .Describe();
        Assert.Contains("first.example", result, StringComparison.Ordinal);
        Assert.Contains("second.example", result, StringComparison.Ordinal);
        Assert.DoesNotContain("events", result, StringComparison.Ordinal);
    }

    [Fact]
    public void Query_and_response_allocate_nothing_once_warm() =>
        Transcript()
            .Client(Query("www.example.com").ToStream())
            .Server(Answer("www.example.com", answers: 2).Record(DnsType.Cname, 1, DnsBytes.Encoded("b.example")).Record(DnsType.A, 1, 192, 0, 2, 1).ToStream())
            .AssertAllocatesNothing();

    [Fact]
    public void Damaged_messages_never_throw()
    {
        byte[] good = Answer("a.example", answers: 3, authorities: 1)
            .Record(DnsType.Txt, 1, 2, 65, 66).Record(DnsType.Soa, 1, [.. DnsBytes.Encoded("a"), .. DnsBytes.Encoded("b"), .. new byte[20]])
            .Record(DnsType.Srv, 1, [0, 0, 0, 0, 0, 0, .. DnsBytes.Encoded("c")]).Record(DnsType.Ns, 1, DnsBytes.Encoded("d")).ToArray();
        var random = new Random(7);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bad = [.. good];
            for (int flips = random.Next(1, 6); flips > 0; flips--) bad[random.Next(bad.Length)] = (byte)random.Next(256);
            Datagram(bad, Direction.ToClient, _ => { });
        }
    }
}
