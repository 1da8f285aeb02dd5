using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using StereoSpike.Training;

namespace StereoSpike.Cli;

/// <summary><c>stereospike scale all-reduce|model</c>: what training on several machines is worth, measured and projected.</summary>
internal static class ScaleCommand
{
    private const int LargestBytes = 64 << 20, WarmUps = 3;
    private static readonly Option<int> Repeats = new("--repeats") { Description = "Sums timed at each size; their median is printed.", DefaultValueFactory = _ => 21 };
    private static readonly Option<int> Parameters = new("--parameters") { Description = "Learned numbers of the network: 4 bytes of gradient each.", Required = true };
    private static readonly Option<double> StepMs = new("--step-ms") { Description = "A training step of one rank's batch on its own, ms.", Required = true };
    private static readonly Option<double> BackwardShare = new("--backward-share") { Description = "Share of the step that is the backward pass, in which sums may hide, 0..1.", DefaultValueFactory = _ => 0.5 };
    private static readonly Option<double> LatencyUs = new("--latency-us") { Description = "Time of an empty message between two machines, µs.", DefaultValueFactory = _ => 30 };
    private static readonly Option<double[]> Gbps = new("--gbps") { Description = "Bandwidths of a machine's link, Gb/s.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [1, 25] };
    private static readonly Option<int[]> Nodes = new("--nodes") { Description = "Numbers of machines, one rank each.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [2, 4, 8, 16, 32, 64] };

    public static Command Make()
    {
        var measure = new Command("all-reduce", "Time sums over all ranks by size: mpirun -np 2 stereospike scale all-reduce.") { Repeats };
        measure.SetAction((arguments, _) => RankedCommand.RunAsync(arguments, ranks => Measure(arguments, ranks)));
        var model = new Command("model", "Project a step's time on more machines from latency and bandwidth (a ring all-reduce): with all of the backward pass hiding the sums, and with none.") { Parameters, StepMs, BackwardShare, LatencyUs, Gbps, Nodes };
        model.SetAction((arguments, cancellation) => Task.FromResult(Answer.Of(arguments, (_, _, _) => Project(arguments), cancellation)));
        return new Command("scale", "What training on several machines is worth: measured, and projected (docs/scale.md).") { measure, model };
    }

    private static int Measure(ParseResult arguments, Ranks ranks)
    {
        var sums = new JsonArray();
        for (int bytes = 4; bytes <= LargestBytes; bytes *= 8)
        {
            float[] values = new float[bytes / sizeof(float)];
            double[] seconds = new double[Guard.AtLeast(arguments.GetValue(Repeats), 1)];
            for (int i = -WarmUps; i < seconds.Length; i++)
            {
                ranks.Barrier();
                long started = Stopwatch.GetTimestamp();
                ranks.Sum(values);
                seconds[Math.Max(i, 0)] = Stopwatch.GetElapsedTime(started).TotalSeconds;
            }

            Array.Sort(seconds);
            double median = seconds[seconds.Length / 2];
            sums.Add(new JsonObject
            {
                ["bytes"] = bytes,
                ["median_us"] = Answer.Number(1e6 * median, 1),
                ["least_us"] = Answer.Number(1e6 * seconds[0], 1),
                ["most_us"] = Answer.Number(1e6 * seconds[^1], 1),
                ["mb_per_second"] = Answer.Number(bytes / median / 1e6, 1),
            });
        }

        if (ranks.IsFirst)
        {
            Answer.Print(arguments, new JsonObject { ["ranks"] = ranks.Size, ["all_reduce"] = sums });
        }

        return Shell.Done;
    }

    private static JsonObject Project(ParseResult arguments)
    {
        double bytes = 4.0 * Guard.AtLeast(arguments.GetValue(Parameters), 1), step = Guard.Above(arguments.GetValue(StepMs), 0.0) / 1e3;
        double hidden = step * Guard.Within(arguments.GetValue(BackwardShare), 0.0, 1.0), latency = Guard.AtLeast(arguments.GetValue(LatencyUs), 0.0) / 1e6;
        var rows = new JsonArray();
        foreach (double gbps in arguments.GetRequiredValue(Gbps))
        {
            var model = new AllReduceModel(latency, Guard.Above(gbps, 0.0) * 1e9 / 8);
            foreach (int nodes in arguments.GetRequiredValue(Nodes))
            {
                double bare = model.StepSeconds(Guard.AtLeast(nodes, 1), bytes, step, 0), covered = model.StepSeconds(nodes, bytes, step, hidden);
                rows.Add(new JsonObject
                {
                    ["gbps"] = gbps,
                    ["nodes"] = nodes,
                    ["all_reduce_ms"] = Answer.Number(1e3 * model.Seconds(nodes, bytes), 2),
                    ["speedup_nothing_hidden"] = Answer.Number(nodes * step / bare, 2),
                    ["speedup_hidden"] = Answer.Number(nodes * step / covered, 2),
                    ["efficiency_nothing_hidden"] = Answer.Number(step / bare, 3),
                });
            }
        }

        return new JsonObject { ["gradient_bytes"] = bytes, ["projected"] = rows };
    }
}
