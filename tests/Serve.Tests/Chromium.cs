using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using StereoSpike.Tests;

namespace StereoSpike.Serve.Tests;

/// <summary>A headless Chromium with one page, driven by the DevTools protocol over a WebSocket.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];
    private readonly TemporaryFolder _profile;
    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private int _id;

    private Chromium(TemporaryFolder profile, Process process) => (_profile, _process) = (profile, process);

    /// <summary>Where the browser is; null where there is none.</summary>
    public static string? Program { get; } = Environment.GetEnvironmentVariable("STEREOSPIKE_CHROMIUM")
        ?? (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>Errors, exceptions and refusals of the security policy that the page caused.</summary>
    public List<string> Complaints { get; } = [];

    /// <summary>Addresses that the page asked for.</summary>
    public List<string> Requests { get; } = [];

    public static async Task<Chromium> StartAsync()
    {
        var profile = new TemporaryFolder();
        var start = new ProcessStartInfo(Program!) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0", $"--user-data-dir={profile.Path}", "about:blank"])
        {
            start.ArgumentList.Add(argument);
        }

        var browser = new Chromium(profile, Process.Start(start)!);
        browser._process.BeginErrorReadLine();
        browser._process.BeginOutputReadLine();
        string portFile = profile.File("DevToolsActivePort");
        await Served.UntilAsync(() => File.Exists(portFile) && File.ReadAllLines(portFile).Length > 1);
        using var client = new HttpClient();
        JsonArray targets = (await client.GetFromJsonAsync<JsonArray>($"http://127.0.0.1:{File.ReadAllLines(portFile)[0]}/json/list"))!;
        await browser._socket.ConnectAsync(new Uri((string)targets.First(target => (string)target!["type"]! == "page")!["webSocketDebuggerUrl"]!), Served.Limit);
        foreach (string domain in (string[])["Page", "Runtime", "Log", "Network"])
        {
            await browser.AskAsync($"{domain}.enable");
        }

        return browser;
    }

    public async Task OpenAsync(Uri address, int width, int height, bool dark)
    {
        await AskAsync("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = false });
        await ThemeAsync(dark);
        await AskAsync("Page.navigate", new JsonObject { ["url"] = address.ToString() });
    }

    public Task ThemeAsync(bool dark) =>
        AskAsync("Emulation.setEmulatedMedia", new JsonObject { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" }) });

    /// <summary>The value of an expression in the page.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        JsonObject result = await AskAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        Assert.True(result["exceptionDetails"] is null, result.ToJsonString());
        return result["result"]!["value"]?.DeepClone();
    }

    /// <summary>Waits until an expression is true in the page.</summary>
    public async Task UntilAsync(string expression)
    {
        CancellationToken limit = Served.Limit;
        while ((bool?)await EvaluateAsync($"!!({expression})") != true)
        {
            Assert.False(limit.IsCancellationRequested, $"never came true: {expression}. {string.Join(' ', Complaints)}");
            await Task.Delay(50, CancellationToken.None);
        }
    }

    public async Task PressAsync(string key, string code = "")
    {
        foreach (string type in (string[])["keyDown", "keyUp"])
        {
            var press = new JsonObject { ["type"] = type, ["key"] = key, ["code"] = code };
            if (key.Length == 1 && type == "keyDown")
            {
                press["text"] = key;
            }

            await AskAsync("Input.dispatchKeyEvent", press);
        }
    }

    public Task PointAsync(double x, double y) => AskAsync("Input.dispatchMouseEvent", new JsonObject { ["type"] = "mouseMoved", ["x"] = x, ["y"] = y });

    /// <summary>Takes a picture of the whole page, and keeps it where STEREOSPIKE_SCREENSHOTS says.</summary>
    public async Task<byte[]> ScreenshotAsync(string name)
    {
        JsonObject result = await AskAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png", ["captureBeyondViewport"] = true });
        byte[] png = Convert.FromBase64String((string)result["data"]!);
        if (Environment.GetEnvironmentVariable("STEREOSPIKE_SCREENSHOTS") is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{name}.png"), png);
        }

        return png;
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        await Served.UntilAsync(Gone);

        bool Gone()
        {
            try
            {
                _profile.Dispose();
                return true;
            }
            catch (IOException)
            {
                return false;   // a child still writes to the profile
            }
        }
    }

    private async Task<JsonObject> AskAsync(string method, JsonObject? parameters = null)
    {
        int id = ++_id;
        var question = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        await _socket.SendAsync(Encoding.UTF8.GetBytes(question.ToJsonString()), WebSocketMessageType.Text, true, Served.Limit);
        while (true)
        {
            JsonObject message = await ReceiveAsync();
            if ((int?)message["id"] == id)
            {
                Assert.True(message["error"] is null, message.ToJsonString());
                return message["result"]!.AsObject();
            }

            Note(message);
        }
    }

    private void Note(JsonObject message)
    {
        JsonNode? told = message["params"];
        switch ((string?)message["method"])
        {
            case "Runtime.exceptionThrown":
            case "Log.entryAdded" when (string)told!["entry"]!["level"]! == "error":
                Complaints.Add(told!.ToJsonString());
                break;
            case "Network.requestWillBeSent":
                Requests.Add((string)told!["request"]!["url"]!);
                break;
            case "Network.webSocketCreated":
                Requests.Add((string)told!["url"]!);
                break;
        }
    }

    private async Task<JsonObject> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[1 << 16];
        WebSocketReceiveResult got;
        do
        {
            got = await _socket.ReceiveAsync(buffer, Served.Limit);
            message.Write(buffer, 0, got.Count);
        }
        while (!got.EndOfMessage);

        return JsonNode.Parse(message.ToArray())!.AsObject();
    }
}
