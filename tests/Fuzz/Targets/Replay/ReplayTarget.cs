using System.Diagnostics;
using Sensor.Capture;
using Sensor.Engine;
using Sensor.Engine.Configuration;
using Sensor.Tests.Support;

namespace Sensor.Tests.Fuzz.Targets.Replay;

/// <summary>
/// Capture files, damaged in each way of <see cref="DamageKind"/>, through the complete engine with real rules. Whatever
/// stands in them: no exception, a closed ledger, no flow left over, sound event records.
/// </summary>
public static class ReplayTarget
{
    /// <summary>Large files are damaged less often, so that each costs about as much as this many bytes.</summary>
    private const long BytesPerFileAndKind = 100 << 20;

    private const int FewestVariants = 3;

    /// <summary>How many times the expected time is worth a note, and what a run costs however small it is.</summary>
    private const int SlowFactor = 10;

    private static readonly TimeSpan FixedCost = TimeSpan.FromMilliseconds(10);

    public static FuzzReport Run(FuzzOptions options, Action<string> progress)
    {
        var report = new FuzzReport();
        var configuration = new SensorConfiguration();
        foreach (string rules in options.Rules) configuration.RuleFiles.Add(rules);
        configuration.ListFiles.Add(Checkout.Path("rules", "lists"));
        Knowledge knowledge = KnowledgeLoader.Load(configuration);
        string[] files = Choose(options);
        progress($"{files.Length} capture files, {knowledge.Rules.Loaded} rules ({knowledge.Rules.Failed.Count} refused), seed {options.Seed}");

        long start = Stopwatch.GetTimestamp(), told = start;
        foreach (string file in files)
        {
            if (Stopwatch.GetElapsedTime(start) > options.Budget)
            {
                progress($"time is up after {report.Files} of {files.Length} files");
                break;
            }

            new OneFile(options, knowledge, report, file, progress).Run();
            report.Files++;
            if (Stopwatch.GetElapsedTime(told).TotalSeconds < 5) continue;
            told = Stopwatch.GetTimestamp();
            progress($"{report.Files} of {files.Length}: {report}");
        }

        return report;
    }

    private static string[] Choose(FuzzOptions options)
    {
        string[] files = [.. Directory.EnumerateFiles(options.Captures, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file).Contains(".pcap", StringComparison.Ordinal) || file.EndsWith(".gz", StringComparison.Ordinal))
            .Where(file => new FileInfo(file).Length <= options.LargestFile)
            .Select(file => Path.GetRelativePath(options.Captures, file))
            .Where(file => options.Only is null || file == options.Only)
            .Order(StringComparer.Ordinal)];
        new Random(options.Seed).Shuffle(files);
        return files.Length > options.Files ? files[..options.Files] : files;
    }

    private sealed class OneFile(FuzzOptions options, Knowledge knowledge, FuzzReport report, string file, Action<string> progress)
    {
        private readonly byte[] _bytes = File.ReadAllBytes(Path.Combine(options.Captures, file));
        private EngineUnderTest? _engine;

        public void Run()
        {
            Play(null, "", 0, TimeSpan.MaxValue);
            TimeSpan whole = Play(null, "", 0, TimeSpan.MaxValue);
            int variants = (int)Math.Min(options.Variants, Math.Max(FewestVariants, BytesPerFileAndKind / Math.Max(1, _bytes.Length)));
            foreach (DamageKind kind in Enum.GetValues<DamageKind>())
            {
                string name = kind.ToString().ToLowerInvariant();
                if (options.Kind is not null && options.Kind != name) continue;
                for (int index = 0; index < variants; index++)
                {
                    if (options.Index >= 0 && options.Index != index) continue;
                    Play(new Damage(options.Seed, file, kind, index), name, index, SlowFactor * (whole + FixedCost));
                }
            }

            Retire();
        }

        private TimeSpan Play(Damage? damage, string kind, int index, TimeSpan limit)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            string again = damage is null ? $"--only '{file}'" : $"--only '{file}' --kind {kind} --index {index} --seed {options.Seed}";
            report.Runs++;
            try
            {
                _engine ??= new EngineUnderTest(knowledge);
                (long frames, long bytes) = _engine.Play(damage?.Apply(_bytes) ?? _bytes, file, damage);
                report.Frames += frames;
                report.Bytes += bytes;
            }
            catch (CaptureException)
            {
                report.Refused++;
            }
            catch (Exception defect)
            {
                report.Failures.Add($"{again}: {defect}");
                progress($"FAILED: {report.Failures[^1]}");
                Retire(); // what an exception leaves behind is not to blame for the next one
            }

            TimeSpan taken = Environment.CpuUsage.TotalTime - before;
            if (taken > limit) report.Slow.Add($"{again}: {taken.TotalMilliseconds:0} ms, at most {limit.TotalMilliseconds:0} ms were expected");
            return taken;
        }

        private void Retire()
        {
            report.Events += _engine?.Records ?? 0;
            _engine?.Dispose();
            _engine = null;
        }
    }
}
