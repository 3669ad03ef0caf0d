using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Xunit;

namespace Sensor.Tests.EndToEnd;

/// <summary>
/// A cable between two network namespaces: <see cref="Namespace"/> holds <see cref="Interface"/>, on which nothing but
/// what <see cref="Play"/> sends can be seen (IPv6, whose autoconfiguration would add frames of its own, is off).
/// Both namespaces, and with them the cable, go with the test.
/// </summary>
internal sealed partial class Wire : IDisposable
{
    public const string Interface = "mirror0";

    private const string FarEnd = "traffic0";

    private const int CloneNewNet = 0x40000000; // sched.h

    private readonly string _far;
    private readonly List<string> _made = [];

    public Wire()
    {
        string suffix = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        (Namespace, _far) = ("sensor-" + suffix, "traffic-" + suffix);
        try
        {
            foreach (string name in (string[])[Namespace, _far])
            {
                Run("ip", "netns", "add", name);
                _made.Add(name);
                Run("ip", "netns", "exec", name, "sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6");
                Run("ip", "-n", name, "link", "set", "lo", "up");
            }

            Run("ip", "-n", Namespace, "link", "add", Interface, "type", "veth", "peer", "name", FarEnd, "netns", _far);
            Run("ip", "-n", Namespace, "link", "set", Interface, "up");
            Run("ip", "-n", _far, "link", "set", FarEnd, "up");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The namespace of the sensor and its portal.</summary>
    public string Namespace { get; }

    /// <summary>What to put before a command so that it runs beside the sensor.</summary>
    public string[] Prefix => ["ip", "netns", "exec", Namespace];

    /// <summary>Why this machine cannot run tests on a wire; null when it can.</summary>
    public static string? Missing()
    {
        if (Environment.UserName != "root") return "needs root for network namespaces";
        foreach (string tool in (string[])["ip", "tcpreplay"])
        {
            if (!Array.Exists((string[])["/usr/bin", "/usr/sbin", "/sbin", "/bin"], folder => File.Exists(Path.Combine(folder, tool)))) return $"needs the program \"{tool}\" (Debian packages iproute2, tcpreplay)";
        }

        return null;
    }

    /// <summary>Sends a capture from the other end, and waits until it is sent.</summary>
    /// <param name="options">tcpreplay's own, such as <c>--mbps=100</c>.</param>
    /// <returns>Frames sent.</returns>
    public long Play(string capture, params string[] options) => Sent(Run("ip", ["netns", "exec", _far, "tcpreplay", "--quiet", "-i", FarEnd, .. options, capture]));

    /// <summary>Begins to send; the frames are counted by <see cref="Finish"/>.</summary>
    public Process Begin(string capture, params string[] options) => Start("ip", ["netns", "exec", _far, "tcpreplay", "--quiet", "-i", FarEnd, .. options, capture]);

    /// <summary>Waits until everything is sent.</summary>
    public static long Finish(Process playing)
    {
        using (playing) return Sent(Output(playing));
    }

    public void Unplug() => Run("ip", "-n", Namespace, "link", "set", Interface, "down");

    public void Remove() => Run("ip", "-n", Namespace, "link", "del", Interface);

    /// <summary>A TCP socket that lives in the sensor's namespace: a socket belongs to the namespace its thread was in when it was made.</summary>
    public Socket OpenSocket()
    {
        Socket? opened = null;
        Exception? problem = null;
        var visitor = new Thread(() =>
        {
            try
            {
                using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle("/run/netns/" + Namespace);
                if (EnterNamespace(handle, CloneNewNet) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
                opened = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            }
            catch (Exception failed) when (failed is Win32Exception or IOException or SocketException)
            {
                problem = failed;
            }
        });
        visitor.Start();
        visitor.Join();
        return opened ?? throw new InvalidOperationException($"cannot enter the namespace {Namespace}: {problem?.Message}");
    }

    public void Dispose()
    {
        foreach (string name in _made) Run("ip", "netns", "del", name);
        _made.Clear();
    }

    private static long Sent(string report)
    {
        Match failed = FailedPackets().Match(report), sent = SuccessfulPackets().Match(report);
        Assert.True(sent.Success && failed.Success, $"tcpreplay said something new: {report}");
        Assert.Equal("0", failed.Groups[1].Value);
        return long.Parse(sent.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        return Output(process);
    }

    private static Process Start(string program, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;

    private static string Output(Process process)
    {
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} ended with {process.ExitCode}: {error.Result}{output}");
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int EnterNamespace(SafeHandle file, int kind);

    [GeneratedRegex(@"Successful packets:\s+([0-9]+)")]
    private static partial Regex SuccessfulPackets();

    [GeneratedRegex(@"Failed packets:\s+([0-9]+)")]
    private static partial Regex FailedPackets();
}

/// <summary>A test that needs a wire of its own; skipped with a clear line where there can be none.</summary>
internal sealed class WireFactAttribute : FactAttribute
{
    public WireFactAttribute() => Skip = Wire.Missing();
}
