using System.Globalization;

namespace StereoSpike.Ingest;

/// <summary>Histograms of averaged time surfaces (HATS): for each cell of pixels and polarity, what an event there finds around it, on the mean.</summary>
/// <remarks>
/// <code>
/// T_i[z] = Σ_j exp(−(t_i − t_j) / τ),   over events j of the same cell and polarity with (x_j, y_j) = (x_i, y_i) + z and t_j &lt; t_i
/// h_C[p, z] = Σ_{i ∈ C, p_i = p} T_i[z] / |C|,   z ∈ [−ρ, ρ]²,   |C| the cell's events of both polarities
/// </code>
/// Shape [⌈H / K⌉, ⌈W / K⌉, 2, 2ρ + 1, 2ρ + 1], ON before OFF; a cell without events is 0.
/// Source: Sironi, Brambilla, Bourdis, Lagorce, Benosman, "HATS: Histograms of Averaged Time Surfaces for Robust Event-based Object Classification", CVPR 2018 (arXiv:1803.07913).
/// Their memory reaches back Δt; here it is the window. Instead of going through it for each event, the sums Σ exp(t_j / τ) of every pixel are kept: the work for an event is (2ρ + 1)², however many came before.
/// Immutable: one object may serve several threads.
/// </remarks>
public sealed class AveragedTimeSurface : IEventRepresentation
{
    /// <summary>The largest side of a cell, px, and the largest radius.</summary>
    public const int Maximum = 256;

    private const double LargestExponent = 300;   // e^300 · 2^63 events stay far below the largest double

    /// <summary>Makes the representation.</summary>
    /// <param name="cellPx">K, side of a cell, px, 1 to <see cref="Maximum"/>.</param>
    /// <param name="radiusPx">ρ, px, 0 to <see cref="Maximum"/>.</param>
    /// <param name="tauMs">τ, ms, 0.001 to 1,000,000.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    public AveragedTimeSurface(int cellPx = 10, int radiusPx = 3, double tauMs = 20)
    {
        CellPx = Guard.Within(cellPx, 1, Maximum, nameof(cellPx));
        RadiusPx = Guard.Within(radiusPx, 0, Maximum, nameof(radiusPx));
        TauMs = Guard.Within(tauMs, 0.001, 1e6, nameof(tauMs));
    }

    /// <summary>K, side of a cell, px.</summary>
    public int CellPx { get; }

    /// <summary>ρ, px.</summary>
    public int RadiusPx { get; }

    /// <summary>τ, ms.</summary>
    public double TauMs { get; }

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"averaged-surface:cell={CellPx},radius={RadiusPx},tau-ms={TauMs}");

    /// <inheritdoc/>
    public bool HasSigns => false;

    private int Side => (2 * RadiusPx) + 1;

    /// <inheritdoc/>
    public int[] Shape(SensorSize sensor) => [Cells(sensor.Height), Cells(sensor.Width), 2, Side, Side];

    /// <inheritdoc/>
    public IReadOnlyList<string> Titles => ["ON", "OFF"];

    /// <summary>The cells' surfaces side by side, as the cells lie.</summary>
    /// <inheritdoc/>
    public SensorSize PictureSize(SensorSize sensor) => new(Cells(sensor.Width) * Side, Cells(sensor.Height) * Side);

    /// <inheritdoc/>
    public float[] Pictures(float[] array, SensorSize sensor)
    {
        ArgumentNullException.ThrowIfNull(array);
        SensorSize size = PictureSize(sensor);
        int across = Cells(sensor.Width);
        var pictures = new float[array.Length];
        for (int i = 0; i < array.Length; i++)
        {
            int x = i % Side, y = i / Side % Side, polarity = i / (Side * Side) % 2, cell = i / (2 * Side * Side);
            pictures[(polarity * size.Pixels) + (((cell / across * Side) + y) * size.Width) + (cell % across * Side) + x] = array[i];
        }

        return pictures;
    }

    /// <inheritdoc/>
    public void Represent(ReadOnlyMemory<DvsEvent> events, TimeWindow window, SensorSize sensor, Span<float> destination)
    {
        int across = Cells(sensor.Width), surface = Side * Side;
        Guard.Length(destination.Length, checked(Cells(sensor.Height) * across * 2 * surface), nameof(destination));
        destination.Clear();
        int[] places = new int[events.Length];
        long[] sinceUs = new long[events.Length];
        EventPlaces.Find(events.Span, 0, window, sensor, sensor.Pixels, places, sinceUs);

        var grown = new double[2 * sensor.Pixels];   // Σ exp((t_j − origin) / τ) of each polarity and pixel
        var counts = new int[Cells(sensor.Height) * across];
        double tauUs = 1e3 * TauMs, origin = 0;
        for (int i = 0, remembered = 0; i < places.Length; i++)
        {
            for (; remembered < i && sinceUs[remembered] < sinceUs[i]; remembered++)   // events of one instant do not see each other
            {
                origin = Rebased(grown, origin, sinceUs[remembered], tauUs);
                grown[places[remembered]] += Math.Exp((sinceUs[remembered] - origin) / tauUs);
            }

            ref readonly DvsEvent e = ref events.Span[i];
            int cell = (e.Y / CellPx * across) + (e.X / CellPx);
            counts[cell]++;
            Add(grown, places[i] - (e.Y * sensor.Width) - e.X, e, sensor, Math.Exp(-(sinceUs[i] - origin) / tauUs), destination.Slice(((2 * cell) + 1 - (int)e.Polarity) * surface, surface));
        }

        for (int cell = 0; cell < counts.Length; cell++)
        {
            foreach (ref float value in counts[cell] > 1 ? destination.Slice(2 * cell * surface, 2 * surface) : [])
            {
                value /= counts[cell];
            }
        }
    }

    private int Cells(int pixels) => (pixels + CellPx - 1) / CellPx;

    /// <summary>Adds the surface of one event: its neighbours in the cell, aged.</summary>
    private void Add(double[] grown, int plane, in DvsEvent e, SensorSize sensor, double age, Span<float> surface)
    {
        int cellX = e.X / CellPx * CellPx, cellY = e.Y / CellPx * CellPx;
        int left = Math.Max(e.X - RadiusPx, cellX), right = Math.Min(Math.Min(e.X + RadiusPx, cellX + CellPx - 1), sensor.Width - 1);
        int top = Math.Max(e.Y - RadiusPx, cellY), bottom = Math.Min(Math.Min(e.Y + RadiusPx, cellY + CellPx - 1), sensor.Height - 1);
        for (int y = top; y <= bottom; y++)
        {
            ReadOnlySpan<double> row = grown.AsSpan(plane + (y * sensor.Width) + left, right - left + 1);
            Span<float> sums = surface.Slice(((y - e.Y + RadiusPx) * Side) + left - e.X + RadiusPx, row.Length);
            for (int x = 0; x < row.Length; x++)
            {
                sums[x] += (float)(row[x] * age);
            }
        }
    }

    /// <summary>Moves the origin on before exponents grow too large, and what was summed with it.</summary>
    private static double Rebased(double[] grown, double origin, double sinceUs, double tauUs)
    {
        double exponent = (sinceUs - origin) / tauUs;
        if (exponent < LargestExponent)
        {
            return origin;
        }

        double factor = Math.Exp(-exponent);
        foreach (ref double sum in grown.AsSpan())
        {
            sum *= factor;
        }

        return sinceUs;
    }
}
