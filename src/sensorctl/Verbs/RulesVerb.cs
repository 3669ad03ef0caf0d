using System.CommandLine;
using System.Text.Json;
using Sensor.Control;
using Sensor.Engine;

namespace Sensor.CommandLine.Verbs;

/// <summary><c>sensorctl rules check PATH...</c>: would these rules load? Needs no running daemon.</summary>
internal static class RulesVerb
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH") { Description = "rule files, or folders with *.rules", Arity = ArgumentArity.OneOrMore };
        var set = new Option<string[]>("--set") { Description = "setting as KEY=VALUE, e.g. vars.address-groups.HOME_NET=[10.0.0.0/8]" };
        var check = new Command("check", "Compiles rules and names each one that cannot be loaded, with the reason") { paths, set };
        check.SetAction(parsed =>
        {
            try
            {
                RuleCheckResult result = RuleCheck.Run(parsed.GetValue(paths)!, parsed.GetValue(set) ?? []);
                if (parsed.GetValue(Common.Json)) Write(result);
                else Show(result);
                return result.Failed.Count == 0 ? ExitCode.Healthy : ExitCode.Unhealthy;
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or FormatException)
            {
                Console.Error.WriteLine($"sensorctl: cannot check rules: {problem.Message}");
                return ExitCode.Usage;
            }
        });
        return new Command("rules", "Works on rule files") { check };
    }

    private static void Write(RuleCheckResult result)
    {
        using Stream output = Console.OpenStandardOutput();
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        writer.WriteStartObject();
        writer.WriteNumber("loaded", result.Loaded);
        writer.WriteStartArray("failed");
        foreach (RuleCheckFailure failure in result.Failed)
        {
            writer.WriteStartObject();
            writer.WriteString("file", failure.File);
            writer.WriteNumber("line", failure.Line);
            writer.WriteNumber("sid", failure.Sid);
            writer.WriteString("keyword", failure.Keyword);
            writer.WriteString("reason", failure.Reason);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Show(RuleCheckResult result)
    {
        foreach (RuleCheckFailure failure in result.Failed) Console.Out.WriteLine($"{failure.File}:{failure.Line}:{failure.Column}: sid {failure.Sid}: {failure.Reason}");
        Console.Out.WriteLine($"{result.Loaded} rules can be loaded, {result.Failed.Count} cannot");
    }
}
