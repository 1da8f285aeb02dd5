using NATS.Client.Core;

namespace StereoSpike.Fleet;

/// <summary>A NATS server, and what it is to be told and shown.</summary>
public sealed record NatsAddress
{
    /// <summary>The environment variable that names a server where no option does, so that a password need not stand in lists of processes.</summary>
    public const string Variable = "STEREOSPIKE_NATS";

    /// <summary><c>nats://HOST:4222</c>, <c>tls://HOST:4222</c>, several with commas between; with <c>USER:PASSWORD@</c> or <c>TOKEN@</c> where the server asks for them.</summary>
    public required string Url { get; init; }

    /// <summary>A credentials file (JWT and NKey), as nsc writes it; null for none.</summary>
    public string? Credentials { get; init; }

    /// <summary>Certificates (PEM) that the server's must descend from; null for the system's.</summary>
    public string? TlsAuthorities { get; init; }

    /// <summary>The client's own certificate (PEM); null for none.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>Its private key (PEM).</summary>
    public string? TlsKey { get; init; }

    /// <summary>The address without user, password or token, for messages.</summary>
    public string Shown => string.Join(',', Url.Split(',').Select(url => url.LastIndexOf('@') is >= 0 and int at ? $"{(url.IndexOf("://", StringComparison.Ordinal) is >= 0 and int scheme ? url[..(scheme + 3)] : "")}{url[(at + 1)..]}" : url));

    /// <summary>Connects, and goes on connecting again for as long as the connection is used.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">Nothing answers there, or it does not let us in.</exception>
    /// <exception cref="FileNotFoundException">A file that is named does not exist.</exception>
    public async Task<NatsConnection> ConnectAsync(CancellationToken cancellation = default)
    {
        NatsConnection connection = new(Options());
        try
        {
            await connection.ConnectAsync().AsTask().WaitAsync(cancellation).ConfigureAwait(false);
            return connection;
        }
        catch (Exception failure)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw failure is NatsException or System.Security.Authentication.AuthenticationException
                ? new IOException($"{Shown}: no NATS server lets us in there: {(failure.InnerException ?? failure).Message.TrimEnd('.')}. Start one with nats-server -js, or check address, credentials and certificates.", failure)
                : failure;
        }
    }

    private NatsOpts Options()
    {
        foreach (string file in (IEnumerable<string>)[.. ((string?[])[Credentials, TlsAuthorities, TlsCertificate, TlsKey]).OfType<string>()])
        {
            _ = File.Exists(file) ? file : throw new FileNotFoundException($"{file}: there is no such file.", file);
        }

        bool secured = TlsAuthorities is not null || TlsCertificate is not null || Url.Contains("tls://", StringComparison.Ordinal);
        return NatsOpts.Default with
        {
            Url = Url,
            Name = "stereospike",
            AuthOpts = NatsAuthOpts.Default with { CredsFile = Credentials },
            TlsOpts = NatsTlsOpts.Default with { CaFile = TlsAuthorities, CertFile = TlsCertificate, KeyFile = TlsKey, Mode = secured ? TlsMode.Require : TlsMode.Auto },
            MaxReconnectRetry = -1,
            PingInterval = TimeSpan.FromSeconds(5),   // a cut network says nothing: three of these without an answer are one
            ReconnectWaitMin = TimeSpan.FromMilliseconds(200),
            ReconnectWaitMax = TimeSpan.FromSeconds(2),
            ConnectTimeout = TimeSpan.FromSeconds(5),
            RequestTimeout = TimeSpan.FromSeconds(5),
        };
    }
}
