using System.Globalization;

namespace StereoSpike.Fleet;

/// <summary>A rig's subjects on a NATS server: <c>nats://HOST:4222/RIG</c>, where <c>*</c> is any rig that nobody answers, and <c>?last=60</c> begins so many seconds ago.</summary>
/// <param name="Server">The server, and how to be let in.</param>
/// <param name="Rig">The rig's name: letters, digits, - and _; or <c>*</c>.</param>
/// <param name="LastSeconds">How far back to begin, s; 0 begins with what comes from now on.</param>
public sealed record RigAddress(NatsAddress Server, string Rig, double LastSeconds)
{
    /// <summary>What stands for any rig.</summary>
    public const string Any = "*";

    /// <summary>The form, for help texts.</summary>
    public const string Description = "nats://HOST:4222/RIG (event packets on a NATS server; RIG?last=60 begins a minute ago, * is any rig that nobody answers yet)";

    /// <summary>Its name, without passwords.</summary>
    public string Shown => $"{Server.Shown}/{Rig}";

    /// <summary>Whether a text is meant as one.</summary>
    public static bool IsOne(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith("nats://", StringComparison.Ordinal) || text.StartsWith("tls://", StringComparison.Ordinal);
    }

    /// <summary>Reads one.</summary>
    /// <param name="text">The address.</param>
    /// <param name="server">Makes a server's address of its URL.</param>
    /// <exception cref="ArgumentException">It names no rig, or an option that does not exist.</exception>
    public static RigAddress Parse(string text, Func<string, NatsAddress> server)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(server);
        int host = text.IndexOf("://", StringComparison.Ordinal) + 3, slash = text.IndexOf('/', host);
        string[] rest = slash < 0 ? [""] : text[(slash + 1)..].Split('?', 2);
        string shown = server(slash < 0 ? text : text[..slash]).Shown;
        if (rest[0] != Any && (rest[0].Length == 0 || !rest[0].All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')))
        {
            throw new ArgumentException($"{shown}/{rest[0]}: names no rig. Write {shown}/lab1, with letters, digits, - and _; * is any rig that nobody answers yet.");
        }

        double last = 0;
        if (rest.Length > 1 && !(rest[1].StartsWith("last=", StringComparison.Ordinal) && double.TryParse(rest[1][5..], NumberStyles.Float, CultureInfo.InvariantCulture, out last) && last is >= 0 and <= 1e6))
        {
            throw new ArgumentException($"{shown}/{rest[0]}?{rest[1]}: after ? there can be last=SECONDS, and nothing else.");
        }

        return new RigAddress(server(text[..slash]), rest[0], last);
    }
}
