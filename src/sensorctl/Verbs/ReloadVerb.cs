using System.CommandLine;
using Sensor.Control;

namespace Sensor.CommandLine.Verbs;

/// <summary><c>sensorctl reload</c>: read rules and lists again and swap them in without losing a packet.</summary>
internal static class ReloadVerb
{
    public static Command Create()
    {
        var command = new Command("reload", "Reads rules and lists again and swaps them in; packets go on being inspected");
        command.SetAction((parsed, cancel) => Common.WithDaemonAsync(parsed, async client =>
        {
            ReloadReply reply = await client.ReloadAsync(cancel);
            if (parsed.GetValue(Common.Json))
            {
                Common.Print(reply, ControlJson.Readable.ReloadReply);
            }
            else
            {
                Console.Out.WriteLine(reply.Message);
                foreach (RuleFailure failure in reply.Failures) Console.Out.WriteLine($"  {failure.File}:{failure.Line}: {failure.Reason}");
            }

            return reply.Swapped ? ExitCode.Healthy : ExitCode.Unhealthy;
        }));
        return command;
    }
}
