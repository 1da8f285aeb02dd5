namespace StereoSpike.Ingest;

/// <summary>Tells by their numbers which packets of one camera are new, late, repeated or lost.</summary>
/// <remarks>
/// The last 64 numbers are remembered as bits, as IPsec's receivers do against replays. Source: S. Kent, "IP Encapsulating Security Payload (ESP)", RFC 4303, 2005, section 3.4.3.
/// Deviation: a number far behind or far ahead is a sender that began anew, not an attack, and is taken.
/// </remarks>
internal struct PacketNumbers
{
    private const int Remembered = 64, FarAway = 1 << 16;
    private bool _begun;
    private uint _newest;
    private ulong _seen;

    /// <summary>Takes a packet's number.</summary>
    /// <param name="number">The number.</param>
    /// <param name="lost">How many more packets are missing than before; negative where a missing one came.</param>
    /// <returns>False where that packet came before.</returns>
    public bool Take(uint number, out int lost)
    {
        int ahead = unchecked((int)(number - _newest));
        lost = 0;
        if (!_begun || ahead is >= FarAway or <= -FarAway)
        {
            (_begun, _newest, _seen) = (true, number, 1);
            return true;
        }

        if (ahead > 0)
        {
            lost = ahead - 1;
            (_newest, _seen) = (number, (ahead < Remembered ? _seen << ahead : 0) | 1);
            return true;
        }

        ulong bit = ahead > -Remembered ? 1UL << -ahead : 0;
        if (bit == 0 || (_seen & bit) != 0)
        {
            return false;   // of those too old to be remembered it is safest to think that they came
        }

        _seen |= bit;
        lost = -1;
        return true;
    }
}
