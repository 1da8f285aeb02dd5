using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;

namespace StereoSpike.Serve.Tests;

/// <summary>Who is let in.</summary>
public class DoorTests
{
    private const string Token = "correct-horse-battery";

    [Fact]
    public async Task A_page_of_another_site_can_neither_read_nor_change_nor_watch()
    {
        await using Served served = await Served.StartAsync(paused: true);

        foreach ((string name, string value) in new[] { ("Origin", "https://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site"), ("Host", "evil.example") })
        {
            using var read = new HttpRequestMessage(HttpMethod.Get, "/api/state");
            using var change = new HttpRequestMessage(HttpMethod.Post, "/api/replay") { Content = new StringContent("{\"paused\": false}") };
            read.Headers.Add(name, value);
            change.Headers.Add(name, value);

            Assert.Equal(HttpStatusCode.Forbidden, (await served.Client.SendAsync(read)).StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await served.Client.SendAsync(change)).StatusCode);
        }

        await Assert.ThrowsAsync<WebSocketException>(() => served.WatchAsync(options => options.SetRequestHeader("Origin", "https://evil.example")));
        Assert.True(served.Replay.Paused);

        using ClientWebSocket own = await served.WatchAsync(options => options.SetRequestHeader("Origin", served.Server.Address.GetLeftPart(UriPartial.Authority)));
        Assert.Equal(WebSocketState.Open, own.State);
    }

    [Fact]
    public async Task With_a_token_nothing_is_answered_without_it()
    {
        await using Served served = await Served.StartAsync(new ServeSettings { Token = Token }, paused: true);

        foreach (string path in new[] { "/", "/live.js", "/health", "/metrics", "/api/state", "/depth.png", "/?token=wrong", $"/health?token={Token}" })
        {
            using HttpResponseMessage answer = await served.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        await Assert.ThrowsAsync<WebSocketException>(() => served.WatchAsync());
        using (ClientWebSocket watching = await served.WatchAsync(options => options.SetRequestHeader("Authorization", $"Bearer {Token}")))
        {
            Assert.Equal(WebSocketState.Open, watching.State);
        }

        served.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using HttpResponseMessage known = await served.Client.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
    }

    [Fact]
    public async Task A_token_in_the_address_becomes_a_cookie_that_scripts_cannot_read()
    {
        await using Served served = await Served.StartAsync(new ServeSettings { Token = Token }, paused: true);

        using HttpResponseMessage entered = await served.Client.GetAsync($"/?token={Token}");
        string cookie = entered.Headers.GetValues("Set-Cookie").Single();
        using var page = new HttpRequestMessage(HttpMethod.Get, "/");
        page.Headers.Add("Cookie", cookie.Split(';')[0]);
        using HttpResponseMessage shown = await served.Client.SendAsync(page);

        Assert.Equal((HttpStatusCode.Redirect, "/"), (entered.StatusCode, entered.Headers.Location!.ToString()));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
    }

    [Fact]
    public async Task It_is_never_open_to_other_machines_without_a_token()
    {
        await using Served served = await Served.StartAsync(paused: true);

        var open = await Assert.ThrowsAsync<ArgumentException>(() => LiveServer.StartAsync(served.Session, new ServeSettings { Address = new IPEndPoint(IPAddress.Any, 0) }));
        var guessed = await Assert.ThrowsAsync<ArgumentException>(() => LiveServer.StartAsync(served.Session, new ServeSettings { Token = "1234" }));

        Assert.Equal("0.0.0.0:0 is open to other machines: give a token of at least 16 letters (--token), or listen on 127.0.0.1 and forward the port (ssh -L).", open.Message);
        Assert.Equal("A token of 4 letters is guessed too easily; give at least 16.", guessed.Message);
    }

    [Fact]
    public async Task A_port_in_use_is_told_with_what_to_do()
    {
        await using Served served = await Served.StartAsync(paused: true);
        int port = served.Server.Address.Port;

        var failure = await Assert.ThrowsAsync<IOException>(() => LiveServer.StartAsync(served.Session, new ServeSettings { Address = new IPEndPoint(IPAddress.Loopback, port) }));

        Assert.Equal($"http://127.0.0.1:{port}: the port is in use. Take another with --port, or end the program that has it.", failure.Message);
    }
}
