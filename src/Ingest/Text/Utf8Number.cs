namespace StereoSpike.Ingest;

/// <summary>Decimal numbers in text, scaled by a power of ten without passing through floating point.</summary>
/// <remarks>A UTC time in seconds with six decimals has sixteen digits; as a double, multiplied by 10⁶, it may land on the next microsecond.</remarks>
internal static class Utf8Number
{
    /// <summary>The largest magnitude returned: sums and differences of two still fit 64 bits.</summary>
    public const long Largest = 1_000_000_000_000_000_000;

    /// <summary>Reads a number times 10^<paramref name="shift"/>, rounded to the nearest whole one, halves away from zero.</summary>
    /// <param name="text">Sign, digits, point, digits, exponent, as in 12, -1, .5 or 1.504645e+09; nothing else.</param>
    /// <param name="shift">Power of ten, −18 to 18.</param>
    /// <param name="value">The result, at most <see cref="Largest"/> in magnitude.</param>
    /// <param name="exact">Whether nothing was rounded away.</param>
    /// <returns>False where the text is not such a number, or it is too large.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, int shift, out long value, out bool exact)
    {
        value = 0;
        exact = true;
        int i = 0;
        bool negative = text.Length > 0 && text[0] == '-';
        if (negative || (text.Length > 0 && text[0] == '+'))
        {
            i = 1;
        }

        long mantissa = 0;
        int digits = 0, exponent = shift;
        bool fraction = false;
        for (; i < text.Length; i++)
        {
            uint digit = (uint)(text[i] - '0');
            if (digit <= 9)
            {
                digits++;
                if (mantissa < Largest / 10)
                {
                    mantissa = (mantissa * 10) + digit;
                    exponent -= fraction ? 1 : 0;
                }
                else
                {
                    exact &= digit == 0;
                    exponent += fraction ? 0 : 1;
                }
            }
            else if (text[i] == '.' && !fraction)
            {
                fraction = true;
            }
            else
            {
                break;
            }
        }

        if (digits == 0 || (i < text.Length && !TryAddExponent(text[i..], ref exponent)))
        {
            return false;
        }

        bool fits = TryScale(ref mantissa, exponent, ref exact);
        value = negative ? -mantissa : mantissa;
        return fits;
    }

    private static bool TryAddExponent(ReadOnlySpan<byte> text, ref int exponent)
    {
        if ((text[0] | 0x20) != 'e' || text.Length < 2)
        {
            return false;
        }

        int i = text[1] is (byte)'+' or (byte)'-' ? 2 : 1;
        if (i == text.Length || text.Length - i > 3)
        {
            return false;
        }

        int power = 0;
        for (int at = i; at < text.Length; at++)
        {
            uint digit = (uint)(text[at] - '0');
            if (digit > 9)
            {
                return false;
            }

            power = (power * 10) + (int)digit;
        }

        exponent += text[1] == '-' ? -power : power;
        return true;
    }

    private static bool TryScale(ref long mantissa, int exponent, ref bool exact)
    {
        for (; exponent > 0 && mantissa != 0; exponent--)
        {
            if (mantissa > Largest / 10)
            {
                return false;
            }

            mantissa *= 10;
        }

        if (exponent < 0)
        {
            // Beyond 10^18 nothing is left of a mantissa of 18 digits.
            long divisor = 1;
            for (int step = 0; step < Math.Min(-exponent, 18); step++)
            {
                divisor *= 10;
            }

            (long quotient, long rest) = Math.DivRem(mantissa, divisor);
            bool vanished = exponent < -18;
            exact &= rest == 0 && !(vanished && mantissa != 0);
            mantissa = vanished ? 0 : quotient + (rest >= divisor - rest && rest > 0 ? 1 : 0);
        }

        return mantissa <= Largest;
    }
}
