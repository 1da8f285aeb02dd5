using System.Numerics;

namespace StereoSpike.Readout;

/// <summary>Classical event stereo: the disparity at which blocks of the left and of the right image correlate best. It learns nothing.</summary>
/// <remarks>
/// With F the feature (<see cref="EventFeature"/>), B(x, y) the block around a pixel as far as it lies on the sensor, sums over both polarities p:
/// <code>
/// S(x, y, d) = Σ_p Σ_B F_L(u, v) F_R(u − d, v) / √( Σ_p Σ_B(x,y) F_L² · Σ_p Σ_B(x−d,y) F_R² )      d = d_min … d_max
/// d(x, y)    = the smallest d of greatest S; unknown where no S is above 0
/// </code>
/// With a row tolerance r, F_R(u, v) is the largest of F_R(u, v − r) … F_R(u, v + r) of that polarity.
/// Left-right check: the right image's own d_R(x', y) is the d of greatest S(x' + d, y, d); an answer stays where |d_R(x − d, y) − d| is within the tolerance.
/// Sub-pixel: the vertex of the parabola through S at d − 1, d, d + 1, where all three were tried.
/// Sources: normalised cross-correlation and left-right check as in Scharstein and Szeliski, "A Taxonomy and Evaluation of Dense Two-Frame Stereo
/// Correspondence Algorithms", IJCV 47, 2002; time surface of Lagorce et al., "HOTS", TPAMI 2017; coincidence of Marr and Poggio, "Cooperative
/// Computation of Stereo Disparity", Science 194, 1976, without their cooperation.
/// Features are integers and sums exact, so work a pixel and disparity does not depend on the block's size. Not safe for several threads at once.
/// </remarks>
public sealed class BlockMatcher
{
    private readonly SensorSize _sensor;
    private readonly int[] _left;
    private readonly int[] _right;
    private readonly float[] _leftNorms;
    private readonly float[] _rightNorms;
    private readonly int[] _products;
    private readonly int[] _columns;
    private readonly int[] _sums;
    private readonly WinnerTakesAll _winners;

    /// <summary>Makes a matcher and its buffers.</summary>
    /// <param name="sensor">H and W.</param>
    /// <param name="settings">How it matches.</param>
    /// <exception cref="ArgumentException">The least disparity is above the greatest.</exception>
    public BlockMatcher(SensorSize sensor, BlockMatcherSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.MinimumDisparityPx > settings.MaximumDisparityPx)
        {
            throw new ArgumentException($"Disparities from {settings.MinimumDisparityPx} to {settings.MaximumDisparityPx} px leave nothing to try.", nameof(settings));
        }

        (_sensor, Settings) = (sensor, settings);
        (_left, _right) = (new int[2 * sensor.Pixels], new int[2 * sensor.Pixels]);
        (_leftNorms, _rightNorms) = (new float[sensor.Pixels], new float[sensor.Pixels]);
        (_products, _columns, _sums) = (new int[sensor.Pixels], new int[sensor.Width], new int[sensor.Width]);
        _winners = new WinnerTakesAll(sensor);
    }

    /// <summary>How it matches.</summary>
    public BlockMatcherSettings Settings { get; }

    /// <summary>Whether it uses vector instructions. Without them the answers are the same, bit for bit.</summary>
    public bool Vectorised { get; init; } = Vector.IsHardwareAccelerated;

    /// <summary>Matches one window.</summary>
    /// <param name="window">Rectified events of both cameras.</param>
    /// <param name="disparitiesPx">Receives the disparities, shape [H,W], px; NaN where no event supports one.</param>
    /// <exception cref="ArgumentException">The window is of another sensor, an event lies outside it, or the destination has another size.</exception>
    public void Match(in StereoWindow window, Span<float> disparitiesPx)
    {
        Guard.Length(disparitiesPx.Length, _sensor.Pixels, nameof(disparitiesPx));
        if (window.Sensor != _sensor)
        {
            throw new ArgumentException($"The window is of cameras of {window.Sensor} px where the matcher is for {_sensor}.", nameof(window));
        }

        EventFeatures.Fill(window.Left.Span, window.Window, _sensor, Settings, rowTolerancePx: 0, _left);
        EventFeatures.Fill(window.Right.Span, window.Window, _sensor, Settings, Settings.RowTolerancePx, _right);
        Norms(_left, _leftNorms);
        Norms(_right, _rightNorms);
        _winners.Clear();
        int last = Math.Min(Settings.MaximumDisparityPx, _sensor.Width - 1);
        for (int disparity = Settings.MinimumDisparityPx; disparity <= last; disparity++)
        {
            int d = disparity;   // one variable a disparity for the closure
            SumBlocks(_left, _right, d, y => _winners.Enter(y, d, _sums, Row(_leftNorms, y), Row(_rightNorms, y), Vectorised));
        }

        _winners.Answer(Settings, disparitiesPx);
    }

    /// <summary>1/√(Σ F²) of each pixel's block, 0 where that is empty: matching with itself at disparity 0 gives the sum.</summary>
    private void Norms(int[] planes, float[] norms) => SumBlocks(planes, planes, disparity: 0, y =>
    {
        Span<float> row = Row(norms, y);
        for (int x = 0; x < row.Length; x++)
        {
            row[x] = _sums[x] > 0 ? 1f / MathF.Sqrt(_sums[x]) : 0f;
        }
    });

    /// <summary>Sums the products at one disparity over each pixel's block, row by row.</summary>
    /// <param name="left">Shape [2,H,W].</param>
    /// <param name="right">Shape [2,H,W].</param>
    /// <param name="disparity">px.</param>
    /// <param name="row">Called with each y when <see cref="_sums"/> holds its row.</param>
    private void SumBlocks(int[] left, int[] right, int disparity, Action<int> row)
    {
        int height = _sensor.Height, radius = Settings.BlockPx / 2;
        Array.Clear(_columns);
        for (int next = 0; next < Math.Min(radius, height); next++)
        {
            EnterRow(left, right, disparity, next);
        }

        for (int y = 0; y < height; y++)
        {
            if (y + radius < height)
            {
                EnterRow(left, right, disparity, y + radius);
            }

            if (y - radius - 1 >= 0)
            {
                CorrelationRows.Subtract(_columns, Row(_products, y - radius - 1), Vectorised);
            }

            CorrelationRows.SumAcross(_columns, radius, _sums);
            row(y);
        }
    }

    private void EnterRow(int[] left, int[] right, int disparity, int y)
    {
        Span<int> products = Row(_products, y);
        int off = _sensor.Pixels;
        CorrelationRows.Multiply(Row(left, y), Row(left.AsSpan(off), y), Row(right, y), Row(right.AsSpan(off), y), disparity, products, Vectorised);
        CorrelationRows.Add(_columns, products, Vectorised);
    }

    private Span<T> Row<T>(Span<T> plane, int y) => plane.Slice(y * _sensor.Width, _sensor.Width);
}
