using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using StereoSpike.Hardware;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Cli;

/// <summary><c>stereospike soak</c>: the whole live pipeline under a flood that misbehaves, with what must hold checked.</summary>
internal static class SoakCommand
{
    private const int Parts = 10;
    private const double MostGrowthMib = 64, MostLatencyGrowth = 2;
    private static readonly Option<double> Minutes = new("--minutes") { Description = "How long.", DefaultValueFactory = _ => 10 };
    private static readonly Option<double> Rate = new("--events-per-second") { Description = "Events of both cameras a second.", DefaultValueFactory = _ => 50e6 };
    private static readonly Option<double> StepMs = new("--step-ms") { Description = "From one answer to the next, ms; a whole part of the network's window.", DefaultValueFactory = _ => 10 };
    private static readonly Option<bool> Polite = new("--polite") { Description = "A flood only: no stalls, losses, repetitions, damage, disorder or jumps of the clock." };

    public static Command Make()
    {
        var command = new Command("soak", "Run the live pipeline on a flood that stalls, repeats, reorders, loses, damages and jumps, and check that memory is flat, no count is lost and latency is steady.")
        {
            Deployment.Weights, Deployment.Engine, Deployment.Int8, Minutes, Rate, StepMs, Polite,
        };
        command.SetAction((arguments, cancellation) => Task.Run(() => RunAsync(arguments, cancellation), CancellationToken.None));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        string weights = arguments.GetRequiredValue(Deployment.Weights);
        double seconds = 60 * Guard.Within(Guard.Above(arguments.GetValue(Minutes), 0.0, "--minutes"), 0.0, 1e5, "--minutes");
        using IDepthEngine engine = Deployment.Start(arguments, weights);
        StereoRig rig = SimulatedRigs.Custom(engine.Settings.Sensor, focalPx: 200, baselineMetres: (engine.Settings.FocalBaselinePxMetres ?? 20) / 200);
        using var flood = new FloodSource(rig, arguments.GetValue(Rate), arguments.GetValue(CommonOptions.Seed), misbehaves: !arguments.GetValue(Polite));
        var pipeline = new LiveDepth(engine, weights);
        var parts = new List<Part>();
        long began = Stopwatch.GetTimestamp();
        var part = new Part();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using (var progress = new TerminalProgress("soaking"))
        {
            try
            {
                await foreach (LiveFrame frame in pipeline.Run(flood, new LiveSettings { StepUs = (long)(1000 * arguments.GetValue(StepMs)) }, ending.Token))
                {
                    part.LatencyMs.Add(frame.LatencyMs);
                    double elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
                    progress.Report((long)elapsed, (long)seconds, $"{pipeline.Counters!.EventsPerSecond / 1e6:F1} M events/s, {pipeline.Counters.FramesPerSecond:F0} answers/s");
                    if (elapsed >= seconds * (parts.Count + 1) / Parts)
                    {
                        parts.Add(part.Close());
                        part = new Part();
                    }

                    if (parts.Count == Parts)
                    {
                        await ending.CancelAsync();
                    }
                }
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // the time is up
            }
        }

        return Judge(arguments, pipeline.Counters!, flood, parts);
    }

    private static int Judge(ParseResult arguments, LiveCounters counters, FloodSource flood, List<Part> parts)
    {
        // The first part warms up: buffers are made and code is compiled in it.
        StreamTally events = counters.Events;
        double memory = parts[^1].ResidentMib - parts[1].ResidentMib, latency = parts[^3..].Max(part => part.P99Ms) / parts[1..4].Max(part => part.P99Ms);
        bool conserved = events.Balances && events.Waiting == 0 && events.In + flood.Faults.RepeatedEvents == flood.Sent && counters.Backlog == 0;
        bool passed = conserved && memory <= MostGrowthMib && latency <= MostLatencyGrowth;
        JsonObject result = LiveReport.Of(counters);
        result["events_sent"] = flood.Sent;
        result["events_per_second"] = Answer.Number(events.In / counters.Seconds, 0);
        result["frames_per_second"] = Answer.Number(counters.Answered / counters.Seconds, 2);
        result["parts"] = new JsonArray([.. parts.Select(part => new JsonObject
        {
            ["resident_mib"] = Answer.Number(part.ResidentMib, 1), ["heap_mib"] = Answer.Number(part.HeapMib, 1), ["latency_ms_p50"] = Answer.Number(part.P50Ms, 2), ["latency_ms_p99"] = Answer.Number(part.P99Ms, 2), ["frames"] = part.Frames,
        })]);
        result["counts_conserved"] = conserved;
        result["resident_growth_mib"] = Answer.Number(memory, 1);
        result["latency_p99_growth"] = Answer.Number(latency, 3);
        result["passed"] = passed;
        Answer.Print(arguments, result);
        if (!passed)
        {
            Console.Error.WriteLine($"Failed: counts must be conserved, memory grow by at most {MostGrowthMib} MiB after the first tenth, and the latency's 99 % at most {MostLatencyGrowth}-fold.");
        }

        return passed ? Shell.Done : Shell.CheckFailed;
    }

    /// <summary>A tenth of the time.</summary>
    private sealed class Part
    {
        public MagnitudeHistogram LatencyMs { get; private set; } = new();

        public double ResidentMib { get; private set; }

        public double HeapMib { get; private set; }

        public double P50Ms { get; private set; }

        public double P99Ms { get; private set; }

        public long Frames { get; private set; }

        public Part Close()
        {
            HeapMib = GC.GetTotalMemory(forceFullCollection: true) / 1048576.0;
            using var process = Process.GetCurrentProcess();
            ResidentMib = process.WorkingSet64 / 1048576.0;
            (P50Ms, P99Ms, Frames) = (LatencyMs.Quantile(0.5), LatencyMs.Quantile(0.99), (long)LatencyMs.Weight);
            LatencyMs = null!;   // a part that is over keeps its figures only
            return this;
        }
    }
}
