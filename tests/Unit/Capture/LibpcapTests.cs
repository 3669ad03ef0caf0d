using Sensor.Capture;

namespace Sensor.Tests.Capture;

public class LibpcapTests
{
    /// <summary>Needs the native library; skipped where it is not installed.</summary>
    private sealed class LibpcapFactAttribute : FactAttribute
    {
        public LibpcapFactAttribute()
        {
            if (!System.Runtime.InteropServices.NativeLibrary.TryLoad("libpcap.so.0.8", out _)) Skip = "needs libpcap0.8";
        }
    }

    [LibpcapFact]
    public void A_missing_interface_is_named_with_those_that_exist()
    {
        string text = Assert.Throws<CaptureException>(() => LibpcapSource.Open(new LiveOptions { Interface = "nosuch0" })).Message;
        // Without the right to capture, libpcap may say that first.
        Assert.Matches("^cannot capture on nosuch0: (no such interface; there are: .*\\blo\\b|not permitted; )", text);
    }
}
