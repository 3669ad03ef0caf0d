using Sensor.Primitives;

namespace Sensor.Capture;

/// <summary>What a source answered.</summary>
public enum ReadStatus : byte
{
    /// <summary>A frame was read.</summary>
    Frame,
    /// <summary>Nothing now; ask again after <see cref="IPacketSource.Wait"/>.</summary>
    Idle,
    /// <summary>No more frames will come.</summary>
    End,
}

/// <summary>
/// Where frames come from: an interface or a file. Pulled by one thread, the capture thread; only
/// <see cref="Stop"/> and <see cref="Statistics"/> may be used from another. Other capture libraries fit in here.
/// </summary>
public interface IPacketSource : IDisposable
{
    /// <summary>Interface or path, for messages.</summary>
    string Name { get; }

    /// <summary>True when frames are lost if nobody takes them in time; a file waits instead.</summary>
    bool IsLive { get; }

    /// <summary>The next frame, or why there is none. Never blocks on a live source. The frame's bytes hold until the next call.</summary>
    /// <exception cref="CaptureException">The interface went away or the file cannot be read on.</exception>
    ReadStatus Read(out RawPacket frame);

    /// <summary>Sleeps until a frame may be there, at most so long.</summary>
    void Wait(int milliseconds);

    /// <summary>Makes <see cref="Read"/> answer <see cref="ReadStatus.End"/> soon. Callable from any thread.</summary>
    void Stop();

    /// <summary>Frames delivered and lost before they reached this program, all taken at one moment.</summary>
    SourceStatistics Statistics { get; }
}

/// <param name="Delivered">Frames that <see cref="IPacketSource.Read"/> handed out.</param>
/// <param name="KernelDropped">Frames the kernel dropped because its capture buffer was full.</param>
/// <param name="NicMissed">Frames the network card or its driver reported as missed.</param>
public readonly record struct SourceStatistics(long Delivered, long KernelDropped, long NicMissed)
{
    public long Seen => Delivered + KernelDropped + NicMissed;
}
