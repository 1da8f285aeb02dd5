using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace StereoSpike.Serve;

/// <summary>Shows a live session in browsers and gives its answers to other programs over HTTP. What it answers: docs/live.md.</summary>
public sealed class LiveServer : IAsyncDisposable
{
    private const int LongestBody = 4_096, MostConnections = 128;
    private readonly WebApplication _application;
    private readonly Viewers _viewers;
    private readonly CancellationTokenSource _stopping;

    private LiveServer(WebApplication application, Viewers viewers, CancellationTokenSource stopping, Uri address) =>
        (_application, _viewers, _stopping, Address) = (application, viewers, stopping, address);

    /// <summary>Where it answers.</summary>
    public Uri Address { get; }

    /// <summary>Pages that watch now.</summary>
    public int ViewerCount => _viewers.Count;

    /// <summary>Begins to serve.</summary>
    /// <param name="session">What to show; stays the caller's.</param>
    /// <param name="settings">Where and to whom.</param>
    /// <exception cref="ArgumentException">It would be open to other machines without a token.</exception>
    /// <exception cref="IOException">The port is in use or may not be opened.</exception>
    public static async Task<LiveServer> StartAsync(LiveSession session, ServeSettings settings)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(settings);
        settings.Check();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());   // no settings from files or the environment
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, settings.Address));
        WebApplication application = builder.Build();
        var viewers = new Viewers(session, settings);
        var stopping = new CancellationTokenSource();
        var door = new Door(settings);
        var answers = new LiveAnswers(session, viewers, stopping.Token);
        application.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(15) });
        application.Run(async context =>
        {
            Door.AddHeaders(context.Response);
            if (await door.PassAsync(context).ConfigureAwait(false))
            {
                await answers.AnswerAsync(context).ConfigureAwait(false);
            }
        });
        try
        {
            await application.StartAsync().ConfigureAwait(false);
        }
        catch (IOException cause)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            throw new IOException(
                cause.InnerException is AddressInUseException
                    ? $"http://{settings.Address}: the port is in use. Take another with --port, or end the program that has it."
                    : $"http://{settings.Address}: cannot be listened on ({cause.Message}). Take an address of this machine and a port from 1024 on.",
                cause);
        }

        viewers.Open();
        return new LiveServer(application, viewers, stopping, new Uri(application.Urls.First()));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _viewers.Dispose();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _application.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private static void Configure(KestrelServerOptions kestrel, IPEndPoint address)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = LongestBody;
        kestrel.Limits.MaxConcurrentConnections = MostConnections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = MostConnections;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Listen(address);
    }
}
