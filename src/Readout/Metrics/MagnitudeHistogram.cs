using StereoSpike.Files;

namespace StereoSpike.Readout;

/// <summary>Counts positive numbers of any size in 1 MiB, so that their quantiles are known to one part in a thousand however many come.</summary>
/// <remarks>
/// The bin of a number is the leading 17 bits of its binary32 form: the exponent and 9 bits of mantissa, so 512 bins an octave.
/// A bin's middle is at most 1/1024 of the value away from anything inside it. Positive floats order as their bits do.
/// </remarks>
public sealed class MagnitudeHistogram
{
    private const int DroppedBits = 14;
    private const int Bins = 0x7F800000 >> DroppedBits;   // up to, and without, infinity

    private readonly double[] _weights = new double[Bins];

    /// <summary>Sum of all weights added.</summary>
    public double Weight { get; private set; }

    /// <summary>Adds a number.</summary>
    /// <param name="value">0 or greater, finite as binary32.</param>
    /// <param name="weight">How much it counts, 0 or greater.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, infinite or NaN.</exception>
    public void Add(double value, double weight = 1.0)
    {
        if (!(value >= 0.0 && float.IsFinite((float)value)))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "The histogram takes finite numbers from 0.");
        }

        _weights[BitConverter.SingleToInt32Bits(Math.Abs((float)value)) >> DroppedBits] += weight;
        Weight += weight;
    }

    /// <summary>Adds what another histogram counted.</summary>
    public void Merge(MagnitudeHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int i = 0; i < Bins; i++)
        {
            _weights[i] += other._weights[i];
        }

        Weight += other.Weight;
    }

    /// <summary>The bins that hold anything, shape [bins, 2]: number of the bin, weight.</summary>
    public NpyArray ToBins()
    {
        var rows = new List<double>();
        for (int i = 0; i < Bins; i++)
        {
            if (_weights[i] != 0.0)
            {
                rows.AddRange([i, _weights[i]]);
            }
        }

        return NpyArray.From(rows.ToArray(), rows.Count / 2, 2);
    }

    /// <summary>Adds what <see cref="ToBins"/> of another histogram gave: exactly, where weights are whole numbers.</summary>
    /// <param name="bins">Shape [bins, 2].</param>
    /// <exception cref="ArgumentException">It is no such array.</exception>
    public void AddBins(NpyArray bins)
    {
        ArgumentNullException.ThrowIfNull(bins);
        double[] rows = bins.ToDoubles();
        bool sound = bins.Shape is [_, 2] && rows.Chunk(2).All(row => row[0] is >= 0 and < Bins && row[0] == Math.Floor(row[0]) && row[1] >= 0 && double.IsFinite(row[1]));
        if (!sound)
        {
            throw new ArgumentException($"{bins.Source}: is no histogram; its rows are the numbers of bins below {Bins} and weights.", nameof(bins));
        }

        for (int i = 0; i < rows.Length; i += 2)
        {
            _weights[(int)rows[i]] += rows[i + 1];
            Weight += rows[i + 1];
        }
    }

    /// <summary>The number that a share of the weight does not exceed; the lower one where two would do.</summary>
    /// <param name="share">0..1; one half gives the median.</param>
    /// <returns>The middle of that number's bin; 0 where the bin is the lowest.</returns>
    /// <exception cref="InvalidOperationException">Nothing was added.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The share is outside [0, 1].</exception>
    public double Quantile(double share)
    {
        Guard.Within(share, 0.0, 1.0, nameof(share));
        double wanted = share * Total(), sum = 0.0;
        int bin = 0, last = 0;
        for (; bin < Bins && (sum < wanted || sum == 0.0); bin++)
        {
            if (_weights[bin] > 0.0)
            {
                sum += _weights[bin];
                last = bin;
            }
        }

        return Middle(last);
    }

    /// <summary>The middle of the interval of a given length that holds the most weight; the lowest such.</summary>
    /// <param name="length">Length of the interval, greater than 0.</param>
    /// <exception cref="InvalidOperationException">Nothing was added.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is not greater than 0.</exception>
    public double FullestInterval(double length)
    {
        Guard.Above(length, 0.0, nameof(length));
        Total();
        double most = 0.0, inside = 0.0, best = 0.0;
        int low = 0;
        for (int high = 0; high < Bins; high++)
        {
            if (_weights[high] == 0.0)
            {
                continue;
            }

            inside += _weights[high];
            for (; Middle(high) - Middle(low) > length; low++)
            {
                inside -= _weights[low];
            }

            if (inside > most * (1.0 + 1e-12))   // sums of weights are rounded: a tie must not look like a gain
            {
                (most, best) = (inside, (Middle(LowestIn(low)) + Middle(high)) / 2.0);
            }
        }

        return best;
    }

    private int LowestIn(int bin)
    {
        while (_weights[bin] == 0.0)
        {
            bin++;
        }

        return bin;
    }

    private double Total() => Weight > 0.0 ? Weight : throw new InvalidOperationException("The histogram is empty; add values before asking for a quantile.");

    private static double Middle(int bin) =>
        bin == 0 ? 0.0 : (BitConverter.Int32BitsToSingle(bin << DroppedBits) + (double)BitConverter.Int32BitsToSingle((bin + 1) << DroppedBits)) / 2.0;
}
