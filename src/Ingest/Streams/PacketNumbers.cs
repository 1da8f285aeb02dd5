namespace StereoSpike.Ingest;

/// <summary>Tells by their numbers which packets of one camera are new, late, repeated or lost.</summary>
/// <remarks>
/// The last 64 numbers are remembered as bits, as IPsec's receivers do against replays. Source: S. Kent, "IP Encapsulating Security Payload (ESP)", RFC 4303, 2005, section 3.4.3.
/// Deviation: a number far behind or far ahead, or several in a row too old to be remembered, are a sender that began anew or a number that was damaged, not an attack, and are taken.
/// </remarks>
internal struct PacketNumbers
{
    private const int Remembered = 64, FarAway = 1 << 12, MostOld = 16;
    private bool _begun;
    private uint _newest;
    private ulong _seen;
    private int _old;

    /// <summary>Takes a packet's number.</summary>
    /// <param name="number">The number.</param>
    /// <param name="lost">How many more packets are missing than before; negative where a missing one came.</param>
    /// <returns>False where that packet came before.</returns>
    public bool Take(uint number, out int lost)
    {
        int ahead = unchecked((int)(number - _newest));
        lost = 0;
        if (!_begun || ahead is >= FarAway or <= -FarAway || (ahead <= -Remembered && ++_old > MostOld))
        {
            (_begun, _newest, _seen, _old) = (true, number, 1, 0);
            return true;
        }

        if (ahead > 0)
        {
            lost = ahead - 1;
            (_newest, _seen, _old) = (number, (ahead < Remembered ? _seen << ahead : 0) | 1, 0);
            return true;
        }

        ulong bit = ahead > -Remembered ? 1UL << -ahead : 0;
        if (bit == 0 || (_seen & bit) != 0)
        {
            return false;   // of one too old to be remembered it is safest to think that it came
        }

        _seen |= bit;
        lost = -1;
        return true;
    }
}
