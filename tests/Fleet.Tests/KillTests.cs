using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using StereoSpike.EndToEnd.Tests;
using StereoSpike.Tests;

namespace StereoSpike.Fleet.Tests;

/// <summary>The built command with real workers, a real server and kill -9.</summary>
public sealed class KillTests : IDisposable
{
    private const int Kills = 20;
    private static readonly string[] Clocks = ["frame_ms_p50", "frame_ms_p95", "frame_ms_p99", "stage_ms_p50", "events_per_second"];
    private readonly TemporaryFolder _shared = new();
    private readonly TemporaryFolder _store = new();

    public void Dispose()
    {
        _shared.Dispose();
        _store.Dispose();
    }

    [NatsFact]
    public void Workers_are_killed_twenty_times_and_the_server_twice_and_every_job_is_done_exactly_once()
    {
        // A recording of ten frames, cut into single ones: 10 + 1 jobs to evaluate and as many to answer.
        int seed = (int)DateTime.UtcNow.Ticks;
        var random = new Random(seed);
        string recording = _shared.File("walk_data.hdf5");
        Program.Run("simulate", recording, "--rig", "davis240", "--scene", "boxes", "--seconds", "0.5", "--json").Good();
        JsonObject alone = Program.Run("evaluate", recording, "--weights", "davis240", "--gate-windows", "2", "--threads", "1", "--json").Good();
        using var server = new NatsServer(_store.Path);
        foreach (string[] verb in (string[][])[["evaluate", "--gate-windows", "2"], ["infer"]])
        {
            JsonObject submitted = Program.Run(["fleet", "submit", .. verb, recording, "--weights", "davis240", "--root", _shared.Path, "--out", _shared.File("results"), "--cut-frames", "1", "--patience-s", "1", .. At(server), "--json"]).Good();
            Assert.Equal(10, (int)submitted["queued"]!);
        }

        using var workers = new Processes();
        for (int kill = 0; kill < Kills; kill++)
        {
            while (workers.Count < 2)
            {
                workers.Add(Work(server));
            }

            // Wherever it is: starting, taking a job, in the midst of one, storing its result.
            Thread.Sleep(random.Next(50, 1000));
            workers.Kill(random.Next(workers.Count));
            if (kill is 7 or 14)
            {
                server.KillAndRestart();
            }
        }

        workers.Add(Work(server));
        Assert.All(workers, worker => Assert.True(worker.WaitForExit(120_000), $"seed {seed}: a worker did not come to an end"));
        JsonObject status = Program.Run(["fleet", "status", .. At(server), "--json"]).Good();
        Assert.True((int)status["jobs"]!["done"]! == 22 && (int)status["jobs"]!["failed"]! == 0, $"seed {seed}: {status}");
        CheckResults(alone);
    }

    /// <summary>One result a job, each whole, and nothing else: neither parts nor what a killed worker had begun.</summary>
    private void CheckResults(JsonObject alone)
    {
        string[] results = [.. Directory.GetFileSystemEntries(_shared.File("results")).Order(StringComparer.Ordinal)];
        Assert.Equal(2, results.Length);
        JsonObject[] jobs = [.. results.Select(result => Read(Path.Combine(result, "job.json")))];
        Assert.Equal(["evaluate", "infer"], jobs.Select(job => (string)job["verb"]!).Order(StringComparer.Ordinal));
        foreach ((string result, JsonObject job) in results.Zip(jobs))
        {
            JsonObject answer = Read(Path.Combine(result, "answer.json"));
            Assert.Equal(10, (int)answer["frames"]!);
            if ((string)job["verb"]! == "infer")
            {
                Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i:D6}.png"), Directory.GetFiles(Path.Combine(result, "depth")).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
                Assert.Equal(Enumerable.Range(0, 10), File.ReadLines(Path.Combine(result, "frames.csv")).Skip(1).Select(row => int.Parse(row.Split(',')[0], CultureInfo.InvariantCulture)));
            }
            else
            {
                Assert.Equal(Figures(alone), Figures(answer));   // ten ranges, scored by whoever was alive: the figures of one run, to the digit
            }
        }
    }

    private static string Figures(JsonObject answer) => new JsonObject(answer.Where(pair => !Clocks.Contains(pair.Key)).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))).ToJsonString();

    private static JsonObject Read(string path) => JsonNode.Parse(File.ReadAllText(path))!.AsObject();

    private Process Work(NatsServer server)
    {
        Process worker = Program.Start(["fleet", "work", .. At(server), "--root", _shared.Path, "--until-empty", "--tries", "100", "--threads", "1"]);
        _ = worker.StandardError.BaseStream.CopyToAsync(Stream.Null);
        _ = worker.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        return worker;
    }

    private static string[] At(NatsServer server) => ["--nats", server.Url, "--queue", "kill"];

    /// <summary>Workers that do not outlive the test.</summary>
    private sealed class Processes : List<Process>, IDisposable
    {
        public void Kill(int victim)
        {
            this[victim].Kill(entireProcessTree: true);
            this[victim].WaitForExit();
            RemoveAt(victim);
        }

        public void Dispose()
        {
            while (Count > 0)
            {
                Kill(0);
            }
        }
    }
}
