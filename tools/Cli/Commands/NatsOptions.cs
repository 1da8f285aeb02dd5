using System.CommandLine;
using StereoSpike.Fleet;

namespace StereoSpike.Cli;

/// <summary>The options of verbs that may speak to a NATS server.</summary>
internal static class NatsOptions
{
    public static Option<string?> Server { get; } = new("--nats")
    {
        Description = $"A NATS server with JetStream: nats://HOST:4222, tls://HOST:4222, several with commas between; with USER:PASSWORD@ or TOKEN@ where it asks for them. The environment variable {NatsAddress.Variable} says it without showing it in lists of processes.",
    };

    private static readonly Option<string?> Credentials = new("--creds") { Description = "Credentials file for NATS (JWT and NKey)." };
    private static readonly Option<string?> Authorities = new("--tls-ca") { Description = "Certificates (PEM) that the NATS server's must descend from, where those of the system do not do; TLS is then required." };
    private static readonly Option<string?> Certificate = new("--tls-cert") { Description = "Our own certificate (PEM) for a NATS server that asks for one." };
    private static readonly Option<string?> Key = new("--tls-key") { Description = "The private key (PEM) of --tls-cert." };

    /// <summary>How to be let in, wherever the server is named.</summary>
    public static IReadOnlyList<Option> Access { get; } = [Credentials, Authorities, Certificate, Key];

    /// <summary>The server that an option or the environment names; null where neither does.</summary>
    public static NatsAddress? AddressOf(ParseResult arguments) =>
        (arguments.GetValue(Server) ?? Environment.GetEnvironmentVariable(NatsAddress.Variable)) is { Length: > 0 } url ? AddressOf(arguments, url) : null;

    /// <summary>A server, with what the options say of how to be let in.</summary>
    public static NatsAddress AddressOf(ParseResult arguments, string url) => new()
    {
        Url = url,
        Credentials = arguments.GetValue(Credentials),
        TlsAuthorities = arguments.GetValue(Authorities),
        TlsCertificate = arguments.GetValue(Certificate),
        TlsKey = arguments.GetValue(Key),
    };
}
