using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace StereoSpike.Ingest;

/// <summary>Turns MVSEC's rows of x, y, t, p in float64 into events, checking each: four rows at once where the processor can.</summary>
internal static class MvsecRows
{
    /// <summary>Values a row: x and y in px, t in seconds of the file's clock, p.</summary>
    public const int Columns = 4;

    private const int Lanes = 4;
    private const double Magic = 6_755_399_441_055_744.0;   // 2⁵² + 2⁵¹: added to a whole number k, |k| < 2⁵¹, the low bits of the sum are k's
    private const double LargestFastSeconds = 2.25e9;   // in µs still below 2⁵¹; later times take the scalar path

    /// <summary>Decodes rows up to the first that is refused.</summary>
    /// <param name="rows">Row after row, shape [E, 4].</param>
    /// <param name="events">Receives the events, shape [E], timed in µs since the origin.</param>
    /// <param name="sensor">Where events may lie.</param>
    /// <param name="originUs">The recording's zero, µs of the file's clock.</param>
    /// <param name="previousUs">Time of the event before these, µs since the origin; that of the last one decoded on return.</param>
    /// <returns>Rows decoded; fewer than E where the next one is off the sensor, out of order or not a number.</returns>
    public static int Decode(ReadOnlySpan<double> rows, Span<DvsEvent> events, SensorSize sensor, long originUs, ref long previousUs)
    {
        int done = Avx2.IsSupported ? DecodeFours(rows, events, sensor, originUs, ref previousUs) : 0;
        return done + DecodeSingly(rows[(done * Columns)..], events[done..], sensor, originUs, ref previousUs);
    }

    /// <summary>The scalar twin: one row at a time.</summary>
    /// <inheritdoc cref="Decode"/>
    public static int DecodeSingly(ReadOnlySpan<double> rows, Span<DvsEvent> events, SensorSize sensor, long originUs, ref long previousUs)
    {
        for (int i = 0; i < events.Length; i++)
        {
            double x = rows[i * Columns], y = rows[(i * Columns) + 1], t = rows[(i * Columns) + 2], p = rows[(i * Columns) + 3];
            int column = (int)x, row = (int)y;
            long timeUs = ToUs(t) - originUs;
            if (!IsEvent(x, y, t, p, sensor) || timeUs < previousUs)
            {
                return i;
            }

            events[i] = new DvsEvent(timeUs, (ushort)column, (ushort)row, p > 0 ? Polarity.On : Polarity.Off);
            previousUs = timeUs;
        }

        return events.Length;
    }

    /// <summary>Seconds as whole microseconds, halves upwards.</summary>
    /// <remarks>At today's UTC a float64 second resolves 0.24 µs, so rounding gives back every whole microsecond that was written.</remarks>
    public static long ToUs(double seconds) => (long)Math.Floor((seconds * 1e6) + 0.5);

    /// <summary>Whether seconds are a time at all.</summary>
    public static bool IsTime(double seconds) => Math.Abs(seconds) < 9e9;   // false for NaN too

    /// <summary>Whether a row's values are those of an event, its order aside.</summary>
    public static bool IsEvent(double x, double y, double t, double p, SensorSize sensor)
    {
        int column = (int)x, row = (int)y;
        return column == x && row == y && sensor.Contains(column, row) && (p * p == 1.0 || p == 0.0) && IsTime(t);
    }

    /// <summary>Decodes four rows at a time, up to a four that holds anything unusual.</summary>
    private static int DecodeFours(ReadOnlySpan<double> rows, Span<DvsEvent> events, SensorSize sensor, long originUs, ref long previousUs)
    {
        ref double source = ref MemoryMarshal.GetReference(rows);
        ref long target = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<DvsEvent, long>(events));
        Vector256<double> width = Vector256.Create((double)sensor.Width), height = Vector256.Create((double)sensor.Height);
        Vector256<double> magic = Vector256.Create(Magic), one = Vector256.Create(1.0);
        Vector256<long> magicBits = magic.AsInt64(), timeBits = Vector256.Create(BitConverter.DoubleToInt64Bits(Magic) + originUs);
        Vector256<long> before = Vector256.Create(previousUs);   // its first lane is the time of the event before the four
        int whole = Math.Min(events.Length, rows.Length / Columns) / Lanes * Lanes;
        int i = 0;
        for (; i < whole; i += Lanes)
        {
            nuint at = (nuint)i * Columns;
            Vector256<double> row0 = Vector256.LoadUnsafe(ref source, at), row1 = Vector256.LoadUnsafe(ref source, at + 4);
            Vector256<double> row2 = Vector256.LoadUnsafe(ref source, at + 8), row3 = Vector256.LoadUnsafe(ref source, at + 12);

            // Rows to columns: [x0 x1 t0 t1], [y0 y1 p0 p1] and the same of rows 2 and 3, then halves together.
            Vector256<double> xt01 = Avx.UnpackLow(row0, row1), yp01 = Avx.UnpackHigh(row0, row1), xt23 = Avx.UnpackLow(row2, row3), yp23 = Avx.UnpackHigh(row2, row3);
            Vector256<double> x = Avx.Permute2x128(xt01, xt23, 0x20), t = Avx.Permute2x128(xt01, xt23, 0x31);
            Vector256<double> y = Avx.Permute2x128(yp01, yp23, 0x20), p = Avx.Permute2x128(yp01, yp23, 0x31);

            Vector256<double> xMagic = x + magic, yMagic = y + magic;
            Vector256<long> time = (Vector256.Floor((t * 1e6) + Vector256.Create(0.5)) + magic).AsInt64() - timeBits;
            Vector256<long> turned = Avx2.Permute4x64(time, 0b10_01_00_11);   // [t3 t0 t1 t2]
            Vector256<long> earlier = Avx2.Blend(turned.AsInt32(), before.AsInt32(), 0b11).AsInt64();
            Vector256<double> good = Vector256.GreaterThanOrEqual(x, Vector256<double>.Zero) & Vector256.LessThan(x, width) & Vector256.Equals(xMagic - magic, x)
                & Vector256.GreaterThanOrEqual(y, Vector256<double>.Zero) & Vector256.LessThan(y, height) & Vector256.Equals(yMagic - magic, y)
                & (Vector256.Equals(Vector256.Abs(p), one) | Vector256.Equals(p, Vector256<double>.Zero))
                & Vector256.LessThan(Vector256.Abs(t), Vector256.Create(LargestFastSeconds));
            if (good.ExtractMostSignificantBits() != 0b1111 || Vector256.GreaterThanAny(earlier, time))
            {
                break;
            }

            Vector256<long> pixel = (xMagic.AsInt64() - magicBits) | Vector256.ShiftLeft(yMagic.AsInt64() - magicBits, 16)
                | (Vector256.GreaterThan(p, Vector256<double>.Zero).AsInt64() & Vector256.Create(1L << 32));
            Vector256<long> events02 = Avx2.UnpackLow(time, pixel), events13 = Avx2.UnpackHigh(time, pixel);
            Avx2.Permute2x128(events02, events13, 0x20).StoreUnsafe(ref target, (nuint)i * 2);
            Avx2.Permute2x128(events02, events13, 0x31).StoreUnsafe(ref target, ((nuint)i * 2) + 4);
            before = turned;
        }

        if (i > 0)
        {
            previousUs = events[i - 1].TimestampUs;
        }

        return i;
    }
}
