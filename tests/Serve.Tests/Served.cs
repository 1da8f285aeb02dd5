using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using StereoSpike.Hardware;
using StereoSpike.Ingest;

namespace StereoSpike.Serve.Tests;

/// <summary>A server at work on a free port of this machine, and a client that asks it.</summary>
internal sealed class Served : IAsyncDisposable
{
    private readonly IStereoSource _source;

    private Served(IStereoSource source, LiveSession session, LiveServer server)
    {
        (_source, Session, Server) = (source, session, server);
        Client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server.Address };
    }

    public LiveSession Session { get; }

    public LiveServer Server { get; }

    public HttpClient Client { get; }

    public ReplaySource Replay => Session.Replay!;

    public static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    public static Task<Served> StartAsync(ServeSettings? settings = null, double seconds = 1, double speed = 1, bool paused = false)
    {
        var recording = new DotsRecording(seconds);
        return StartAsync(new ReplaySource(recording) { Speed = speed, Paused = paused, StaysAtEnd = true }, new DotsRecording(seconds), settings);
    }

    public static async Task<Served> StartAsync(IStereoSource source, IStereoRecording? truth = null, ServeSettings? settings = null)
    {
        settings ??= new ServeSettings();
        var session = new LiveSession(new LiveDepth(new RampEngine()), source, new LiveSettings(), truth);
        return new Served(source, session, await LiveServer.StartAsync(session, settings with { Address = new IPEndPoint(settings.Address.Address, 0) }));
    }

    /// <summary>Waits until something is so.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        CancellationToken limit = Limit;
        while (!condition())
        {
            await Task.Delay(10, limit);
        }
    }

    public Task AnswersAsync(long count = 1) => UntilAsync(() => Session.Counters?.Answered >= count && Session.Latest is not null);

    public Task<HttpResponseMessage> PostAsync(string path, object body) => Client.PostAsJsonAsync(path, body);

    public async Task<ClientWebSocket> WatchAsync(Action<ClientWebSocketOptions>? options = null)
    {
        var socket = new ClientWebSocket();
        options?.Invoke(socket.Options);
        await socket.ConnectAsync(new Uri($"ws://{Server.Address.Authority}/live"), Limit);
        return socket;
    }

    /// <summary>Receives a message, taken apart as FrameMessage says.</summary>
    public static async Task<(JsonObject Head, Dictionary<string, byte[]> Sections)> ReceiveAsync(WebSocket socket)
    {
        using var message = new MemoryStream();
        var buffer = new byte[1 << 16];
        ValueWebSocketReceiveResult got;
        do
        {
            got = await socket.ReceiveAsync(buffer.AsMemory(), Limit);
            Assert.NotEqual(WebSocketMessageType.Close, got.MessageType);
            message.Write(buffer, 0, got.Count);
        }
        while (!got.EndOfMessage);

        Assert.Equal(WebSocketMessageType.Binary, got.MessageType);
        byte[] bytes = message.ToArray();
        int length = BitConverter.ToInt32(bytes), at = 4 + length;
        JsonObject head = JsonNode.Parse(Encoding.UTF8.GetString(bytes, 4, length))!.AsObject();
        var sections = new Dictionary<string, byte[]>();
        foreach (JsonNode? section in head["sections"]!.AsArray())
        {
            int size = (int)section!["bytes"]!;
            sections.Add((string)section["name"]!, bytes[at..(at + size)]);
            at += size;
        }

        Assert.Equal(bytes.Length, at);
        return (head, sections);
    }

    /// <summary>Receives until a frame comes.</summary>
    public static async Task<(JsonObject Head, Dictionary<string, byte[]> Sections)> ReceiveFrameAsync(WebSocket socket)
    {
        while (true)
        {
            (JsonObject head, Dictionary<string, byte[]> sections) = await ReceiveAsync(socket);
            if (sections.Count > 0)
            {
                return (head, sections);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        await Session.DisposeAsync();
        _source.Dispose();
    }
}
