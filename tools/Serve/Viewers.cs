using System.Net.WebSockets;
using System.Threading.Channels;

namespace StereoSpike.Serve;

/// <summary>The pages that watch. Each is sent the newest answer when it has taken the one before, so a slow page costs neither the pipeline nor the others anything.</summary>
internal sealed class Viewers(LiveSession session, ServeSettings settings) : IDisposable
{
    private const int LongestMessage = 256;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(500), LongestSend = TimeSpan.FromSeconds(10);
    private readonly HashSet<Channel<Snapshot>> _viewers = [];
    private readonly Lock _gate = new();
    private long _sent;

    /// <summary>Pages that watch now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _viewers.Count;
            }
        }
    }

    /// <summary>Frames sent to pages so far.</summary>
    public long Sent => Volatile.Read(ref _sent);

    public void Open() => session.Answered += Publish;

    public void Dispose() => session.Answered -= Publish;

    /// <summary>Takes a viewer in.</summary>
    /// <returns>Its newest frame; null where as many watch as may.</returns>
    public Channel<Snapshot>? Enter()
    {
        Channel<Snapshot> frames = Channel.CreateBounded<Snapshot>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_gate)
        {
            if (_viewers.Count >= settings.MaximumViewers)
            {
                return null;
            }

            _viewers.Add(frames);
        }

        if (session.Latest is { } latest)
        {
            frames.Writer.TryWrite(latest);
        }

        return frames;
    }

    /// <summary>Sends to a page until it leaves or the server stops.</summary>
    public async Task ServeAsync(WebSocket socket, Channel<Snapshot> frames, CancellationToken stopping)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task listening = ListenAsync(socket, leaving);
        try
        {
            while (socket.State == WebSocketState.Open)
            {
                Snapshot? next = await NextAsync(frames.Reader, leaving.Token).ConfigureAwait(false);
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(leaving.Token);
                patience.CancelAfter(LongestSend);
                await socket.SendAsync(FrameMessage.Encode(session, next), WebSocketMessageType.Binary, endOfMessage: true, patience.Token).ConfigureAwait(false);
                if (next is not null)
                {
                    Interlocked.Increment(ref _sent);
                    await Task.Delay(TimeSpan.FromSeconds(1.0 / settings.ViewerFramesPerSecond), leaving.Token).ConfigureAwait(false);
                }
            }
        }
        catch (Exception end) when (end is OperationCanceledException or WebSocketException or IOException)
        {
            // the page went away, took longer than it may, or the server stops
        }
        finally
        {
            lock (_gate)
            {
                _viewers.Remove(frames);
            }

            await leaving.CancelAsync().ConfigureAwait(false);
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The next frame; null where none comes for a while, and how things stand is to be told.</summary>
    private static async Task<Snapshot?> NextAsync(ChannelReader<Snapshot> frames, CancellationToken leaving)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(leaving);
        waiting.CancelAfter(Heartbeat);
        try
        {
            return await frames.ReadAsync(waiting.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!leaving.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>A page has nothing to say here: what it sends is read and dropped, and one that sends long messages is shown out.</summary>
    private static async Task ListenAsync(WebSocket socket, CancellationTokenSource leaving)
    {
        var buffer = new byte[LongestMessage];
        try
        {
            while (true)
            {
                WebSocketReceiveResult got = await socket.ReceiveAsync(buffer, leaving.Token).ConfigureAwait(false);
                if (got.MessageType == WebSocketMessageType.Close || !got.EndOfMessage)
                {
                    WebSocketCloseStatus status = got.MessageType == WebSocketMessageType.Close ? WebSocketCloseStatus.NormalClosure : WebSocketCloseStatus.MessageTooBig;
                    await socket.CloseOutputAsync(status, null, leaving.Token).ConfigureAwait(false);
                    return;
                }
            }
        }
        finally
        {
            await leaving.CancelAsync().ConfigureAwait(false);
        }
    }

    private void Publish(Snapshot snapshot)
    {
        lock (_gate)
        {
            foreach (Channel<Snapshot> viewer in _viewers)
            {
                viewer.Writer.TryWrite(snapshot);
            }
        }
    }
}
