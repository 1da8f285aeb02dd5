using NATS.Client.Core;
using NATS.Client.JetStream;

namespace StereoSpike.Fleet;

/// <summary>Calls to a NATS server whose failures become one exception.</summary>
internal static class NatsCalls
{
    /// <summary>Makes a call.</summary>
    /// <param name="server">What messages call the server.</param>
    /// <param name="call">The call.</param>
    /// <exception cref="QueueUnreachableException">The server did not answer, or not as asked.</exception>
    public static async Task<T> AskAsync<T>(string server, Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (NatsNoRespondersException cause)
        {
            throw new QueueUnreachableException($"{server}: has no JetStream. Start it with nats-server -js.", cause);
        }
        catch (NatsJSApiException cause)
        {
            throw new QueueUnreachableException($"{server}: refuses what was asked of it: {cause.Message.TrimEnd('.')}.", cause);
        }
        catch (Exception cause) when (cause is NatsException or TimeoutException or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
            throw new QueueUnreachableException($"{server}: does not answer ({cause.Message.TrimEnd('.')}).", cause);
        }
    }

    /// <inheritdoc cref="AskAsync{T}"/>
    public static Task AskAsync(string server, Func<Task> call) => AskAsync(server, async () =>
    {
        await call().ConfigureAwait(false);
        return true;
    });
}
