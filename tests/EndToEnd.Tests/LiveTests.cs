using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using StereoSpike.Tests;

namespace StereoSpike.EndToEnd.Tests;

/// <summary>Live streams as a user runs them.</summary>
public sealed class LiveTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sent_recording_is_answered_like_the_recording_itself_and_written_in_all_formats()
    {
        string recording = _folder.File("small_data.hdf5"), events = _folder.File("small.events"), direct = _folder.File("direct.ndjson"), kept = _folder.File("kept.events"), clouds = _folder.File("clouds");
        Program.Run("simulate", recording, "--rig", "davis240", "--scene", "boxes", "--seconds", "0.4", "--json").Good();

        JsonObject sent = Program.Run("send", recording, events, "--speed", "max", "--json").Good();
        JsonObject own = Infer(recording, "--out", direct, "--speed", "max", "--record", kept);
        JsonObject received = Infer(events, "--out", clouds, "--format", "ply", "--rig", "davis240", "--queue", "lossless");
        Program.Answer piped = Program.Run("infer", kept, "--stream", "--weights", "davis240", "--out", "-", "--rig", "davis240", "--queue", "lossless", "--step-ms", "50");

        Assert.True((long)sent["events_sent"]! > 0);
        Assert.Equal((long)sent["events_sent"]!, (long)own["events"]!["in"]!);
        Assert.Equal((long)sent["events_sent"]!, (long)received["events"]!["in"]!);
        string[] lines = File.ReadAllLines(direct);
        Assert.NotEmpty(lines);
        Assert.Equal(lines.Length, (int)own["frames"]!);
        Assert.Equal(lines.Length, Directory.GetFiles(clouds, "*.ply").Length);
        Assert.Equal(lines.Select(Figures), piped.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Figures));

        JsonObject Infer(string source, params string[] more) => Program.Run(["infer", source, "--stream", "--weights", "davis240", "--step-ms", "50", .. more, "--json"]).Good();
        static string Figures(string line)
        {
            JsonObject figures = JsonNode.Parse(line)!.AsObject();
            return $"{figures["time_us"]} {figures["events_left"]} {figures["events_right"]} {figures["depth_p50_m"]} {figures["firing_rate"]}";
        }
    }

    [Fact]
    public void Bad_streams_are_refused_in_one_line()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string address = $"tcp://{listener.LocalEndpoint}";
        File.WriteAllText(_folder.File("no.events"), "these are no packets, however long one reads");

        Refused($"{address}: the port is in use.", "infer", address, "--stream", "--weights", "mvsec", "--out", "-", "--rig", "mvsec");
        Refused($"{address}: a stream does not say which cameras it is of.", "infer", address, "--stream", "--weights", "mvsec", "--out", "-");
        Refused("davis240: is for cameras of 240×180 px, and those of ", "infer", _folder.File("no.events"), "--stream", "--weights", "davis240", "--out", "-", "--rig", "dvs128");
        Refused("no.events: packet at byte 0: begins with 74686573 where a packet begins with 53534531 (SSE1).", "infer", _folder.File("no.events"), "--stream", "--weights", "mvsec", "--out", "-", "--rig", "mvsec");
        listener.Dispose();

        static void Refused(string expected, params string[] arguments)
        {
            Program.Answer answer = Program.Run(arguments);
            Assert.Equal(2, answer.ExitCode);
            Assert.Single(answer.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            Assert.Contains(expected, answer.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_short_soak_loses_no_count()
    {
        Program.Answer answer = Program.Run("soak", "--weights", "davis240", "--minutes", "0.1", "--events-per-second", "2e6", "--threads", "1", "--json");

        Assert.InRange(answer.ExitCode, 0, 1);   // a busy machine's latencies may not be steady
        Assert.True((bool)answer.Json["counts_conserved"]!, answer.Output);
        Assert.Equal(10, answer.Json["parts"]!.AsArray().Count);
    }

    [Fact]
    public async Task The_live_page_is_served_where_the_command_says()
    {
        using System.Diagnostics.Process serving = Program.Start("serve", "sim:boxes?rig=davis240&seconds=0.3&seed=5", "--weights", "davis240", "--port", "0", "--loop", "--threads", "1");
        try
        {
            string line = await serving.StandardError.ReadLineAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token) ?? "";
            Assert.Matches(@"^Open http://127\.0\.0\.1:\d+/ in a browser\. Ctrl-C ends\.$", line);
            using var client = new HttpClient { BaseAddress = new Uri(line.Split(' ')[1]) };

            Assert.Contains("<title>StereoSpike live</title>", await client.GetStringAsync("/"), StringComparison.Ordinal);
            Assert.Equal("running", (string)JsonNode.Parse(await client.GetStringAsync("/health"))!["status"]!);
        }
        finally
        {
            serving.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public void A_page_for_other_machines_needs_a_token_that_is_not_guessed()
    {
        Program.Answer answer = Program.Run("serve", "sim:boxes?rig=davis240&seconds=0.3&seed=5", "--weights", "davis240", "--address", "*", "--token", "1234");

        Assert.Equal((2, "A token of 4 letters is guessed too easily; give at least 16.\n"), (answer.ExitCode, answer.Errors));
    }
}
