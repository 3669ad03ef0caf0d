using Sensor.Primitives;

namespace Sensor.Protocols.Dcerpc;

/// <summary>A transaction that may carry a remote call: those of <c>dcerpc</c> always, those of <c>smb</c> over named pipes.</summary>
public interface IDcerpcCarrier
{
    DcerpcExchange? Exchange { get; }
}

/// <summary>One call with its answer, or one bind with its acknowledgement. Pooled; shared by DCERPC proper and SMB's named pipes.</summary>
public sealed class DcerpcExchange
{
    private readonly GrowingBytes _requestStub, _responseStub;
    private DcerpcInterfaces _interfaces;

    internal DcerpcExchange(ByteSlab slab)
    {
        _requestStub = new GrowingBytes(slab);
        _responseStub = new GrowingBytes(slab);
        _interfaces = new DcerpcInterfaces(slab);
    }

    /// <summary>The transaction that carries it.</summary>
    public Transaction Owner { get; internal set; } = null!;

    public uint CallId { get; internal set; }

    public ushort ContextId { get; internal set; }

    public ushort OperationNumber { get; internal set; }

    /// <summary><see cref="DcerpcType"/> of what either side sent; None while nothing was seen.</summary>
    public byte RequestType { get; internal set; } = DcerpcType.None;

    public byte ResponseType { get; internal set; } = DcerpcType.None;

    public int RequestFragments { get; internal set; }

    public int ResponseFragments { get; internal set; }

    public bool IsRequestLittleEndian { get; internal set; } = true;

    public bool IsResponseLittleEndian { get; internal set; } = true;

    /// <summary>The first unit of the request said that it is the first one.</summary>
    public bool BeganWithFirstFragment { get; internal set; }

    /// <summary>Datagrams only: the activity, and its sequence number.</summary>
    public UInt128 Activity { get; internal set; }

    public uint SequenceNumber { get; internal set; }

    public bool IsDatagram { get; internal set; }

    /// <summary>Of a bind: the interfaces asked for. Of a request: the one its context stands for, when that is known.</summary>
    public ReadOnlySpan<DcerpcInterface> Interfaces => _interfaces.Items;

    /// <summary>Stub data of one side, all fragments joined.</summary>
    public ReadOnlySpan<byte> Stub(Direction direction) => (direction == Direction.ToServer ? _requestStub : _responseStub).Span;

    internal GrowingBytes StubOf(Direction direction) => direction == Direction.ToServer ? _requestStub : _responseStub;

    internal ref DcerpcInterfaces InterfaceList => ref _interfaces;

    public bool IsLittleEndian(Direction direction) => direction == Direction.ToServer ? IsRequestLittleEndian : IsResponseLittleEndian;

    internal void Reset()
    {
        _requestStub.Release();
        _responseStub.Release();
        _interfaces.Release();
        Owner = null!;
        CallId = SequenceNumber = 0;
        ContextId = OperationNumber = 0;
        RequestType = ResponseType = DcerpcType.None;
        RequestFragments = ResponseFragments = 0;
        IsRequestLittleEndian = IsResponseLittleEndian = true;
        BeganWithFirstFragment = IsDatagram = false;
        Activity = default;
    }
}

/// <summary>What parsers of one worker that read remote calls share.</summary>
internal sealed class DcerpcPool
{
    private const int InitialExchanges = 64;

    public DcerpcPool()
    {
        Text = new ByteSlab(DcerpcLimits.Text);
        Exchanges = new ObjectSlab<DcerpcExchange>(() => new DcerpcExchange(Text), InitialExchanges, DcerpcLimits.Exchanges);
    }

    public ByteSlab Text { get; }

    public ObjectSlab<DcerpcExchange> Exchanges { get; }

    public void Return(DcerpcExchange exchange)
    {
        exchange.Reset();
        Exchanges.Return(exchange);
    }
}
