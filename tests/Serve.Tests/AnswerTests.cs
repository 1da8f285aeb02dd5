using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using StereoSpike.Files;
using StereoSpike.Ingest;

namespace StereoSpike.Serve.Tests;

/// <summary>What other programs get, by real requests.</summary>
public partial class AnswerTests
{
    [Fact]
    public async Task The_page_comes_whole_from_the_server_and_asks_nothing_of_others()
    {
        await using Served served = await Served.StartAsync();

        foreach ((string path, string type) in new[] { ("/", "text/html"), ("/live.css", "text/css"), ("/live.js", "text/javascript") })
        {
            using HttpResponseMessage answer = await served.Client.GetAsync(path);
            string text = await answer.Content.ReadAsStringAsync();

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
            Assert.True(text.Length > 1_000);
            Assert.DoesNotMatch(Elsewhere(), text);
            Assert.DoesNotContain("onclick=\"", text, StringComparison.Ordinal);   // the policy forbids scripts in the page
        }
    }

    [Fact]
    public async Task Every_answer_carries_the_security_headers_and_no_servers_name()
    {
        await using Served served = await Served.StartAsync();

        foreach (string path in new[] { "/", "/health", "/nowhere" })
        {
            using HttpResponseMessage answer = await served.Client.GetAsync(path);

            Assert.StartsWith("default-src 'none'; script-src 'self';", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
            Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    [Theory]
    [InlineData("GET /../../../../etc/passwd")]
    [InlineData("GET /%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("GET /..%2f..%2fetc%2fpasswd")]
    [InlineData("GET /live.js/../../live.html")]
    [InlineData("GET //etc/passwd")]
    [InlineData("GET /live.html")]
    [InlineData("PUT /api/replay")]
    [InlineData("DELETE /")]
    [InlineData("nonsense")]
    public async Task Nothing_but_the_known_paths_is_answered(string request)
    {
        await using Served served = await Served.StartAsync();
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(served.Server.Address.Host, served.Server.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));

        string answer = await new StreamReader(client.GetStream()).ReadToEndAsync();

        Assert.Matches("^HTTP/1.1 4\\d\\d ", answer);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("<!doctype", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Depth_is_given_as_png_npy_pfm_and_points_as_ply()
    {
        await using Served served = await Served.StartAsync(speed: double.PositiveInfinity);
        await served.AnswersAsync();
        SensorSize sensor = DotsRecording.Sensor;
        float[] expected = [.. Enumerable.Range(0, sensor.Pixels).Select(i => 1 + (i / 1000f))];

        (SensorSize size, ushort[] millimetres) = Png16.Decode(await served.Client.GetByteArrayAsync("/depth.png"), "depth.png");
        byte[] npy = await served.Client.GetByteArrayAsync("/depth.npy"), pfm = await served.Client.GetByteArrayAsync("/depth.pfm"), ply = await served.Client.GetByteArrayAsync("/cloud.ply");
        ushort[] supported = Png16.Decode(await served.Client.GetByteArrayAsync("/depth.png?supported=1"), "depth.png").Values;

        Assert.Equal(sensor, size);
        Assert.Equal(Enumerable.Range(1000, sensor.Pixels), millimetres.Select(mm => (int)mm));
        Assert.Equal(expected, MemoryMarshal.Cast<byte, float>(npy.AsSpan(npy.Length - (4 * sensor.Pixels))).ToArray());
        Assert.StartsWith("Pf\n64 48\n-1.0\n", Encoding.ASCII.GetString(pfm), StringComparison.Ordinal);
        Assert.Equal(expected[^64..], MemoryMarshal.Cast<byte, float>(pfm.AsSpan(14, 4 * 64)).ToArray());   // the last row comes first
        int known = supported.Count(mm => mm > 0);
        Assert.InRange(known, 100, sensor.Pixels - 100);   // dots are in a part of the picture
        Assert.Contains($"element vertex {known}\n", Encoding.ASCII.GetString(ply, 0, 100), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_snapshot_is_a_picture_whose_colours_can_be_fixed()
    {
        await using Served served = await Served.StartAsync(speed: double.PositiveInfinity);
        await served.AnswersAsync();

        byte[] png = await served.Client.GetByteArrayAsync("/snapshot.png?near=1&far=5");
        using HttpResponseMessage bad = await served.Client.GetAsync("/snapshot.png?near=5&far=1");

        Assert.Equal("89504E470D0A1A0A", Convert.ToHexString(png.AsSpan(0, 8)));
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
    }

    [Fact]
    public async Task Before_the_first_answer_there_is_nothing_to_give_and_it_says_so()
    {
        await using Served served = await Served.StartAsync(paused: true);

        using HttpResponseMessage depth = await served.Client.GetAsync("/depth.png"), picture = await served.Client.GetAsync("/snapshot.png"), health = await served.Client.GetAsync("/health");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (depth.StatusCode, picture.StatusCode, health.StatusCode));
        Assert.Equal("There is no answer yet: no window has been completed.\n", await depth.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Metrics_are_in_prometheus_format_and_events_add_up()
    {
        await using Served served = await Served.StartAsync(speed: double.PositiveInfinity);
        await served.AnswersAsync();
        await Served.UntilAsync(() => served.Replay.PositionUs == 1_000_000 && served.Session.Counters!.Backlog == 0);

        string text = await served.Client.GetStringAsync("/metrics");

        string[] lines = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        Assert.All(lines, line => Assert.Matches(MetricLine(), line));
        Assert.All(lines.Where(line => !line.StartsWith('#')), line => Assert.Contains(lines, other => other.StartsWith($"# TYPE {line.Split('{', ' ')[0]} ", StringComparison.Ordinal)));
        Assert.Equal(40_000, Value("stereospike_events_in_total"));
        Assert.Equal(Value("stereospike_events_in_total"), lines.Where(line => line.StartsWith("stereospike_events_total{", StringComparison.Ordinal)).Sum(Last) + Value("stereospike_events_waiting"));
        Assert.Equal(1, Value("stereospike_up"));

        double Value(string name) => Last(lines.Single(line => line.StartsWith(name + " ", StringComparison.Ordinal)));
        static double Last(string line) => double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_recording_can_be_paused_stepped_sought_and_slowed_by_request()
    {
        await using Served served = await Served.StartAsync(paused: true, speed: 1);

        await Good(served.PostAsync("/api/replay", new { seek_us = 500_000 }));
        for (int i = 0; i < 2; i++)
        {
            await Good(served.PostAsync("/api/replay", new { step = true }));
            await Served.UntilAsync(() => served.Replay.PositionUs == 550_000 + (i * 50_000));
        }

        JsonObject state = await Good(served.PostAsync("/api/replay", new { speed = 2.0, loop = true }));
        Assert.Equal((2.0, true, true, 600_000L), ((double)state["replay"]!["speed"]!, (bool)state["replay"]!["loop"]!, (bool)state["replay"]!["paused"]!, (long)state["replay"]!["position_us"]!));
        await served.AnswersAsync();
        Assert.Equal(600_000, (long)served.Session.Latest!.Report["time_us"]!);

        await Good(served.PostAsync("/api/replay", new { paused = false }));
        await served.AnswersAsync(4);

        static async Task<JsonObject> Good(Task<HttpResponseMessage> asked)
        {
            using HttpResponseMessage answer = await asked;
            string text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, text);
            return JsonNode.Parse(text)!.AsObject();
        }
    }

    [Fact]
    public async Task Windows_can_overlap_from_a_request_on()
    {
        await using Served served = await Served.StartAsync(seconds: 5);
        await served.AnswersAsync();

        using HttpResponseMessage answer = await served.PostAsync("/api/windows", new { step_us = 10_000 });
        using HttpResponseMessage bad = await served.PostAsync("/api/windows", new { step_us = 30_000 });

        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal("A window of 50000 µs is not 1 to 64 whole steps of 30000 µs. Take a step that divides it, such as 50000 or 10000.\n", await bad.Content.ReadAsStringAsync());
        await Served.UntilAsync(() => served.Session.Latest is { } latest && (long)latest.Report["time_us"]! % 50_000 == 10_000);
        Assert.Equal((50_000, 10_000), served.Session.Windows);
    }

    [Theory]
    [InlineData("not json", HttpStatusCode.BadRequest, "'not json' is an invalid JSON literal.")]
    [InlineData("[1]", HttpStatusCode.BadRequest, "")]
    [InlineData("{\"speed\": 0}", HttpStatusCode.BadRequest, "")]
    [InlineData("{\"speed\": 5000}", HttpStatusCode.BadRequest, "Speed must be from 0 to 1000.")]
    [InlineData("{\"paused\": 3}", HttpStatusCode.BadRequest, "")]
    [InlineData("{\"volume\": 3}", HttpStatusCode.BadRequest, "There is no volume to change; there are paused, loop, speed, seek_us and step.")]
    [InlineData("long", HttpStatusCode.RequestEntityTooLarge, "")]
    public async Task Bad_requests_change_nothing_and_are_told_why(string body, HttpStatusCode expected, string message)
    {
        await using Served served = await Served.StartAsync(paused: true);
        using var content = new StringContent(body == "long" ? $"{{\"speed\": {new string(' ', 10_000)}2}}" : body, new MediaTypeHeaderValue("application/json"));

        using HttpResponseMessage answer = await served.Client.PostAsync("/api/replay", content);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Contains(message, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((1.0, true), (served.Replay.Speed, served.Replay.Paused));
    }

    [Fact]
    public async Task A_source_that_fails_shows_and_the_server_stays()
    {
        var damaged = new PacketSource(new MemoryStream(new byte[100]), "pipe", new DotsRecording().Rig);
        await using Served served = await Served.StartAsync(damaged);
        await Served.UntilAsync(() => served.Session.Status == "failed");

        using HttpResponseMessage health = await served.Client.GetAsync("/health");
        JsonObject state = JsonNode.Parse(await served.Client.GetStringAsync("/api/state"))!.AsObject();
        using HttpResponseMessage replay = await served.PostAsync("/api/replay", new { paused = true });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        Assert.StartsWith("pipe: packet at byte 0: begins with 00000000", (string)state["message"]!, StringComparison.Ordinal);
        Assert.Equal("A live stream cannot be paused, sought or slowed; a recording can.\n", await replay.Content.ReadAsStringAsync());
        Assert.Contains("stereospike_up 0\n", await served.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"https?:|(?:src|href)=""//|url\((?!data:)|@import")]
    private static partial Regex Elsewhere();

    [GeneratedRegex(@"^(?:# HELP stereospike_\w+ .+|# TYPE stereospike_\w+ (?:counter|gauge|summary)|stereospike_\w+(?:\{\w+=""[^""]*""\})? (?:-?[\d.]+(?:E[+-]?\d+)?|NaN))$")]
    private static partial Regex MetricLine();
}
