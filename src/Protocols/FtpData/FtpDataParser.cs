using Sensor.Primitives;
using Sensor.Protocols.Ftp;

namespace Sensor.Protocols.FtpData;

/// <summary>What the parsers of one worker share.</summary>
internal sealed class FtpDataPool
{
    /// <summary>Bytes of windows into files of one worker. Beyond it files are hashed and not looked into.</summary>
    public const long MostBytes = 128L * 1024 * 1024;

    private const int MostTransactions = 65_536;

    public FtpDataPool()
    {
        Bytes = new ByteSlab(MostBytes);
        Transactions = new ObjectSlab<FtpDataTransaction>(() => new FtpDataTransaction(Bytes), 8, MostTransactions);
    }

    public ByteSlab Bytes { get; }

    public ObjectSlab<FtpDataTransaction> Transactions { get; }
}

/// <summary>A data connection: all bytes of the side that speaks first are one file, or a list of names.</summary>
internal sealed class FtpDataParser(FtpDataPool pool) : AppParser
{
    private readonly byte[] _name = new byte[ExpectationTable.LongestName];
    private int _nameLength;
    private FtpCommand _command;
    private FtpDataTransaction? _transfer;
    private bool _isOver;

    public override void Announced(in Expectation expected, ReadOnlySpan<byte> name)
    {
        _command = (FtpCommand)expected.Purpose;
        _nameLength = name.Length;
        name.CopyTo(_name);
    }

    public override ParseResult Parse(ReadOnlySpan<byte> data, in ParseContext context)
    {
        if (!TryOpen(context) || !_transfer!.HasFile || _transfer.FileDirection != context.Direction) return ParseResult.All(data.Length);
        _transfer.LastChanged = context.Time;
        _transfer.Content.MoveOn();
        _transfer.Content.Append(data);
        return ParseResult.All(data.Length);
    }

    public override ParseStatus Gap(long length, in ParseContext context)
    {
        if (TryOpen(context) && _transfer!.HasFile && _transfer.FileDirection == context.Direction) _transfer.Content.Gap(length);
        return ParseStatus.Done;
    }

    public override void End(in ParseContext context)
    {
        if (_transfer is not { } transfer) return;
        if (transfer.HasFile && transfer.FileDirection == context.Direction) transfer.Content.Close(complete: true, context.Time);
        if (context.Direction == Direction.ToServer) transfer.RequestProgress = 1;
        else transfer.ResponseProgress = 1;
    }

    public override void Release(Transaction transaction)
    {
        if (ReferenceEquals(transaction, _transfer))
        {
            _transfer = null;
            _isOver = true;
        }

        transaction.Reset();
        pool.Transactions.Return((FtpDataTransaction)transaction);
    }

    public override void Reset()
    {
        base.Reset();
        _transfer = null;
        _isOver = false;
        _nameLength = 0;
        _command = FtpCommand.Other;
    }

    private bool TryOpen(in ParseContext context)
    {
        if (_transfer is not null) return true;
        if (_isOver || !pool.Transactions.TryTake(out FtpDataTransaction? transfer)) return false;
        _transfer = transfer;
        transfer.Id = NextTransactionId++;
        transfer.Started = transfer.LastChanged = context.Time;
        transfer.Command = _command;
        transfer.Name = transfer.Text.Keep(_name.AsSpan(0, _nameLength));
        Transactions.Add(transfer);
        transfer.HasFile = FtpCommands.CarriesFile(_command);
        transfer.FileDirection = context.Direction;
        if (transfer.HasFile) transfer.Content.Open(context, transfer, _name.AsSpan(0, _nameLength), long.MaxValue);
        return true;
    }
}
