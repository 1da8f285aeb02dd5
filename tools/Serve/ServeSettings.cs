using System.Net;

namespace StereoSpike.Serve;

/// <summary>Where and to whom a <see cref="LiveServer"/> answers.</summary>
public sealed record ServeSettings
{
    /// <summary>Where to listen; port 0 takes a free one. On an address that is not this machine's own (loopback), a <see cref="Token"/> is a must.</summary>
    public IPEndPoint Address { get; init; } = new(IPAddress.Loopback, 8080);

    /// <summary>What every request must bring: as <c>Authorization: Bearer TOKEN</c>, or once as <c>?token=TOKEN</c>, which leaves a cookie. Null for none, which only loopback allows.</summary>
    public string? Token { get; init; }

    /// <summary>How many pages may watch at once.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 1 to 256.</exception>
    public int MaximumViewers { get; init => field = Guard.Within(value, 1, 256); } = 16;

    /// <summary>The most frames a second that a page is sent; the pipeline answers as often as it can all the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set outside 1 to 200.</exception>
    public int ViewerFramesPerSecond { get; init => field = Guard.Within(value, 1, 200); } = 30;

    /// <summary>Checks that nobody is served who should not be.</summary>
    /// <exception cref="ArgumentException">The address is open to other machines and there is no token, or the token is short.</exception>
    public void Check()
    {
        if (Token is null && !IPAddress.IsLoopback(Address.Address))
        {
            throw new ArgumentException($"{Address} is open to other machines: give a token of at least {ShortestToken} letters (--token), or listen on 127.0.0.1 and forward the port (ssh -L).");
        }

        if (Token is { Length: < ShortestToken })
        {
            throw new ArgumentException($"A token of {Token.Length} letters is guessed too easily; give at least {ShortestToken}.");
        }
    }

    /// <summary>The fewest letters of a token.</summary>
    public const int ShortestToken = 16;
}
