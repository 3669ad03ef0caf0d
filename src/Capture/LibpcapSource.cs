using System.Diagnostics;
using System.Runtime.InteropServices;
using Sensor.Capture.Interop;
using Sensor.Primitives;

namespace Sensor.Capture;

/// <summary>A network interface as a source, through libpcap (Debian package libpcap0.8).</summary>
public sealed unsafe class LibpcapSource : IPacketSource
{
    // How often the kernel is asked for its drop counters, and while nothing comes, whether the interface is still up.
    private static readonly TimeSpan StatisticsInterval = TimeSpan.FromMilliseconds(200);

    private readonly LinkType _link;
    private readonly long _fractionUnit;
    private readonly int _file;
    private readonly bool _isInterface;
    private nint _handle;
    private long _delivered, _kernelDropped, _nicMissed, _statisticsAt;
    private uint _lastDropped, _lastInterfaceDropped;
    private volatile bool _stopped;

    private LibpcapSource(string name, nint handle, LinkType link)
    {
        Name = name;
        _handle = handle;
        _link = link;
        _fractionUnit = Libpcap.GetTimestampPrecision(handle) == Libpcap.TimestampPrecisionNano ? 1 : 1000;
        _file = Libpcap.GetSelectableFile(handle);
        _isInterface = _file >= 0 && InterfaceState.IsUp(_file, name) is not null;
    }

    public string Name { get; }

    public bool IsLive => true;

    public LinkType Link => _link;

    public SourceStatistics Statistics => new(Volatile.Read(ref _delivered), Volatile.Read(ref _kernelDropped), Volatile.Read(ref _nicMissed));

    /// <exception cref="CaptureException">No such interface, no permission, an unsupported link type or filter, or no libpcap.</exception>
    public static LibpcapSource Open(LiveOptions options)
    {
        byte* errors = stackalloc byte[Libpcap.ErrorBufferSize];
        nint handle = Create(options.Interface, errors);
        try
        {
            _ = Libpcap.SetSnapLength(handle, options.SnapLength);
            _ = Libpcap.SetPromiscuous(handle, options.Promiscuous ? 1 : 0);
            _ = Libpcap.SetTimeout(handle, options.Timeout);
            _ = Libpcap.SetImmediateMode(handle, options.Immediate ? 1 : 0);
            _ = Libpcap.SetBufferSize(handle, options.KernelBuffer);
            _ = Libpcap.SetTimestampPrecision(handle, Libpcap.TimestampPrecisionNano); // refused by some devices: then microseconds
            int status = Libpcap.Activate(handle);
            if (status < 0) throw ActivationFailed(options.Interface, status, Text(Libpcap.GetError(handle)));
            LinkType link = LinkTypes.Require(Libpcap.DataLink(handle), $"cannot capture on {options.Interface}");
            if (options.Filter is { Length: > 0 } filter) SetFilter(handle, options.Interface, filter);
            if (Libpcap.SetNonBlocking(handle, 1, errors) < 0) throw new CaptureException($"cannot capture on {options.Interface}: {Text((nint)errors)}");
            return new LibpcapSource(options.Interface, handle, link);
        }
        catch
        {
            Libpcap.Close(handle);
            throw;
        }
    }

    public ReadStatus Read(out RawPacket frame)
    {
        frame = default;
        if (_stopped)
        {
            RefreshStatistics();
            return ReadStatus.End;
        }

        Libpcap.PacketHeader* header;
        byte* data;
        int answer = Libpcap.NextEx(_handle, &header, &data);
        if (answer == 1)
        {
            _delivered++;
            int captured = (int)Math.Min(header->CapturedLength, Formats.FormatReader.LargestFrame);
            var time = PacketTime.FromUnix(header->Seconds, header->Fraction * _fractionUnit);
            frame = new RawPacket(new ReadOnlySpan<byte>(data, captured), (int)Math.Min(header->WireLength, int.MaxValue), time, _link, (ulong)_delivered);
            // Under load there is no idle moment, and counters that wrap at 32 bits must not be left alone for long.
            if ((_delivered & 0x3FF) == 0) RefreshStatisticsIfDue();
            return ReadStatus.Frame;
        }

        if (RefreshStatisticsIfDue() && answer == 0) RequireUp();
        if (answer == Libpcap.Error)
        {
            throw new CaptureException($"cannot capture on {Name} any longer: {Text(Libpcap.GetError(_handle))}; check the interface with \"ip link show {Name}\"");
        }

        return answer == 0 ? ReadStatus.Idle : ReadStatus.End;
    }

    public void Wait(int milliseconds)
    {
        if (_file < 0)
        {
            Thread.Sleep(Math.Min(milliseconds, 1));
            return;
        }

        var descriptor = new Libpcap.PollDescriptor { File = _file, Events = Libpcap.PollIn };
        _ = Libpcap.Poll(&descriptor, 1, milliseconds); // interrupted or timed out: the next read tells
    }

    public void Stop() => _stopped = true;

    public void Dispose()
    {
        if (_handle == 0) return;
        Libpcap.Close(_handle);
        _handle = 0;
    }

    private bool RefreshStatisticsIfDue()
    {
        long now = Stopwatch.GetTimestamp();
        if (_statisticsAt != 0 && Stopwatch.GetElapsedTime(_statisticsAt, now) < StatisticsInterval) return false;
        _statisticsAt = now;
        RefreshStatistics();
        return true;
    }

    // libpcap goes on in silence when an interface is taken down (pcap-linux.c waits for it to come back); a sensor that
    // sees nothing any more must say so. A pulled cable is no such case: the interface stays up, and health speaks of it.
    private void RequireUp()
    {
        if (!_isInterface || InterfaceState.IsUp(_file, Name) is true) return;
        throw new CaptureException($"cannot capture on {Name} any longer: the interface went down or away; bring it up with \"ip link set {Name} up\"");
    }

    // The kernel's counters have 32 bits and wrap; only their growth counts. Received is not used: it includes frames
    // that still lie in the kernel's buffer.
    private void RefreshStatistics()
    {
        Libpcap.Stats stats;
        if (_handle == 0 || Libpcap.GetStats(_handle, &stats) != 0) return;
        Volatile.Write(ref _kernelDropped, _kernelDropped + unchecked(stats.Dropped - _lastDropped));
        Volatile.Write(ref _nicMissed, _nicMissed + unchecked(stats.InterfaceDropped - _lastInterfaceDropped));
        (_lastDropped, _lastInterfaceDropped) = (stats.Dropped, stats.InterfaceDropped);
    }

    private static nint Create(string name, byte* errors)
    {
        nint handle;
        try
        {
            handle = Libpcap.Create(name, errors);
        }
        catch (DllNotFoundException problem)
        {
            throw new CaptureException($"cannot capture on {name}: libpcap.so.0.8 is missing; install it with \"apt-get install libpcap0.8\"", problem);
        }

        return handle != 0 ? handle : throw new CaptureException($"cannot capture on {name}: {Text((nint)errors)}");
    }

    private static void SetFilter(nint handle, string name, string filter)
    {
        const uint netmaskUnknown = 0xFFFFFFFF;
        Libpcap.Program program;
        if (Libpcap.Compile(handle, &program, filter, 1, netmaskUnknown) < 0)
        {
            throw new CaptureException($"cannot capture on {name}: filter \"{filter}\": {Text(Libpcap.GetError(handle))} (see man pcap-filter)");
        }

        int status = Libpcap.SetFilter(handle, &program);
        Libpcap.FreeCode(&program);
        if (status < 0) throw new CaptureException($"cannot capture on {name}: filter \"{filter}\": {Text(Libpcap.GetError(handle))}");
    }

    private static CaptureException ActivationFailed(string name, int status, string detail) => status switch
    {
        Libpcap.NoSuchDevice => new CaptureException($"cannot capture on {name}: no such interface; there are: {Interfaces()}"),
        Libpcap.PermissionDenied or Libpcap.PromiscuousPermissionDenied => new CaptureException(
            $"cannot capture on {name}: not permitted; run as root or give the program CAP_NET_RAW (and CAP_NET_ADMIN for promiscuous mode)"),
        Libpcap.InterfaceNotUp => new CaptureException($"cannot capture on {name}: the interface is down; bring it up with \"ip link set {name} up\""),
        _ => new CaptureException($"cannot capture on {name}: {(detail.Length > 0 ? detail : Text(Libpcap.StatusToString(status)))}"),
    };

    private static string Interfaces()
    {
        const string folder = "/sys/class/net";
        return Directory.Exists(folder) ? string.Join(", ", Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)) : "none known";
    }

    private static string Text(nint message) => Marshal.PtrToStringUTF8(message) ?? "";
}
