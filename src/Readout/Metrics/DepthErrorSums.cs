using StereoSpike.Files;

namespace StereoSpike.Readout;

/// <summary>The weighted sums that every mean of <see cref="DepthReport"/> is made from.</summary>
internal struct DepthErrorSums
{
    private const int Columns = 16;
    private const double DeltaBase = 1.25;
    private const double OneSeventhPx = 1.0 / 7.0;

    public long Pixels;
    public double Weight;
    public double Absolute;
    public double Square;
    public double Relative;
    public double RelativeSquare;
    public double Disparity;
    public double OnePixel;
    public double OneSeventhPixel;
    public double Log;
    public double LogSquare;
    public double Delta1;
    public double Delta2;
    public double Delta3;
    public double BelowLeast;
    public double Unanswered;

    /// <summary>Adds one valid pixel.</summary>
    /// <param name="predicted">ẑ, metres, finite.</param>
    /// <param name="truth">z, metres, greater than 0.</param>
    /// <param name="weight">Greater than 0.</param>
    /// <param name="focalBaseline">f·b, px·m.</param>
    /// <param name="least">The least ẑ that disparity, ratio and logarithm use, metres.</param>
    public void Add(double predicted, double truth, double weight, double focalBaseline, double least)
    {
        double error = Math.Abs(predicted - truth), relative = error / truth;
        Pixels++;
        Weight += weight;
        Absolute += weight * error;
        Square += weight * error * error;
        Relative += weight * relative;
        RelativeSquare += weight * relative * relative;

        double bounded = Math.Max(predicted, least);
        BelowLeast += predicted < least ? weight : 0.0;
        double disparityError = Math.Abs((focalBaseline / bounded) - (focalBaseline / truth));
        Disparity += weight * disparityError;
        OnePixel += disparityError <= 1.0 ? weight : 0.0;
        OneSeventhPixel += disparityError <= OneSeventhPx ? weight : 0.0;

        double log = Math.Log(bounded / truth), ratio = Math.Max(bounded / truth, truth / bounded);
        Log += weight * log;
        LogSquare += weight * log * log;
        Delta1 += ratio <= DeltaBase ? weight : 0.0;
        Delta2 += ratio <= DeltaBase * DeltaBase ? weight : 0.0;
        Delta3 += ratio <= DeltaBase * DeltaBase * DeltaBase ? weight : 0.0;
    }

    /// <summary>Adds the sums of other pixels.</summary>
    public void Add(in DepthErrorSums other)
    {
        Pixels += other.Pixels;
        Weight += other.Weight;
        Absolute += other.Absolute;
        Square += other.Square;
        Relative += other.Relative;
        RelativeSquare += other.RelativeSquare;
        Disparity += other.Disparity;
        OnePixel += other.OnePixel;
        OneSeventhPixel += other.OneSeventhPixel;
        Log += other.Log;
        LogSquare += other.LogSquare;
        Delta1 += other.Delta1;
        Delta2 += other.Delta2;
        Delta3 += other.Delta3;
        BelowLeast += other.BelowLeast;
        Unanswered += other.Unanswered;
    }

    /// <summary>Sums of images as rows, shape [images, 16], in the order of the fields.</summary>
    public static NpyArray ToRows(IReadOnlyList<DepthErrorSums> images)
    {
        var rows = new double[images.Count * Columns];
        for (int i = 0; i < images.Count; i++)
        {
            DepthErrorSums s = images[i];
            ((ReadOnlySpan<double>)[s.Pixels, s.Weight, s.Absolute, s.Square, s.Relative, s.RelativeSquare, s.Disparity, s.OnePixel, s.OneSeventhPixel,
                s.Log, s.LogSquare, s.Delta1, s.Delta2, s.Delta3, s.BelowLeast, s.Unanswered]).CopyTo(rows.AsSpan(i * Columns));
        }

        return NpyArray.From(rows, images.Count, Columns);
    }

    /// <summary>The reverse.</summary>
    /// <exception cref="ArgumentException">The array is of another shape, or holds what no sum can be.</exception>
    public static IEnumerable<DepthErrorSums> FromRows(NpyArray rows)
    {
        double[] values = rows.ToDoubles();
        if (rows.Shape is not [_, Columns] || values.Any(value => !double.IsFinite(value)))
        {
            throw new ArgumentException($"{rows.Source}: sums of images are finite and of shape [images, {Columns}], not [{string.Join(", ", rows.Shape)}].", nameof(rows));
        }

        return values.Chunk(Columns).Select(v => new DepthErrorSums
        {
            Pixels = (long)v[0],
            Weight = v[1],
            Absolute = v[2],
            Square = v[3],
            Relative = v[4],
            RelativeSquare = v[5],
            Disparity = v[6],
            OnePixel = v[7],
            OneSeventhPixel = v[8],
            Log = v[9],
            LogSquare = v[10],
            Delta1 = v[11],
            Delta2 = v[12],
            Delta3 = v[13],
            BelowLeast = v[14],
            Unanswered = v[15],
        });
    }
}
