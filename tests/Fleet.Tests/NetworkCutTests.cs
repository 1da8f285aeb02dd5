using System.Diagnostics;
using System.Text.Json.Nodes;
using StereoSpike.EndToEnd.Tests;
using StereoSpike.Tests;

namespace StereoSpike.Fleet.Tests;

/// <summary>A worker on the server's host and one on another, whose cable is cut.</summary>
public sealed class NetworkCutTests : IDisposable
{
    private const int Frames = 16;
    private readonly TemporaryFolder _shared = new();
    private readonly TemporaryFolder _store = new();

    public void Dispose()
    {
        _shared.Dispose();
        _store.Dispose();
    }

    [NetworkFact]
    public async Task The_network_is_cut_three_times_and_every_job_is_done_exactly_once()
    {
        string recording = _shared.File("walk_data.hdf5");
        Program.Run("simulate", recording, "--rig", "davis240", "--scene", "boxes", "--seconds", "0.8", "--json").Good();
        using var hosts = new TwoHosts();
        using var server = new NatsServer(_store.Path, host: TwoHosts.FirstAddress, within: hosts.OnFirst);
        string[] common = ["--nats", server.Url, "--threads", "1"], work = ["fleet", "work", .. common, "--root", _shared.Path, "--until-empty", "--tries", "100", "--json"];
        await Finish(TwoHosts.Start(hosts.OnFirst, ["fleet", "submit", "infer", recording, "--weights", "davis240", "--root", _shared.Path, "--out", _shared.File("results"), "--cut-frames", "1", "--patience-s", "1", .. common]));

        Process near = TwoHosts.Start(hosts.OnFirst, work), far = TwoHosts.Start(hosts.OnSecond, work);
        try
        {
            for (int cut = 0; cut < 3; cut++)
            {
                await Task.Delay(800);
                hosts.Cut();
                await Task.Delay(1700);   // longer than the queue is patient: what the far one has is handed to the near one
                hosts.Mend();
            }

            int finished = (int)(await Finish(near))["finished"]! + (int)(await Finish(far))["finished"]!;
            JsonObject status = await Finish(TwoHosts.Start(hosts.OnFirst, ["fleet", "status", .. common, "--json"]));
            Assert.Equal((Frames + 1, 0), ((int)status["jobs"]!["done"]!, (int)status["jobs"]!["failed"]!));
            Assert.True(finished >= Frames + 1, $"{finished} results were stored");
        }
        finally
        {
            near.Kill(entireProcessTree: true);
            far.Kill(entireProcessTree: true);
        }

        string result = Assert.Single(Directory.GetFileSystemEntries(_shared.File("results")));
        Assert.Equal(Enumerable.Range(0, Frames).Select(i => $"{i:D6}.png"), Directory.GetFiles(Path.Combine(result, "depth")).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal));
        Assert.Equal(Frames + 1, File.ReadLines(Path.Combine(result, "frames.csv")).Count());
    }

    private static async Task<JsonObject> Finish(Process process)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        Assert.Equal(0, process.ExitCode);
        return output.StartsWith('{') ? JsonNode.Parse(output)!.AsObject() : [];
    }
}
