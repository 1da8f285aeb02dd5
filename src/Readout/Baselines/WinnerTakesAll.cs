using System.Numerics;

namespace StereoSpike.Readout;

/// <summary>Keeps the best score of every pixel of both images while disparities are tried one after another, in ascending order.</summary>
internal sealed class WinnerTakesAll
{
    private readonly SensorSize _sensor;
    private readonly float[] _best;
    private readonly float[] _disparity;
    private readonly float[] _before;     // the score one disparity below the best one; NaN where not tried
    private readonly float[] _after;      // the score one above it
    private readonly float[] _previous;   // the score tried last
    private readonly float[] _rightBest;
    private readonly float[] _rightDisparity;

    public WinnerTakesAll(SensorSize sensor)
    {
        int pixels = sensor.Pixels;
        _sensor = sensor;
        (_best, _disparity, _before, _after, _previous) = (new float[pixels], new float[pixels], new float[pixels], new float[pixels], new float[pixels]);
        (_rightBest, _rightDisparity) = (new float[pixels], new float[pixels]);
    }

    /// <summary>Forgets all scores: nothing beats 0.</summary>
    public void Clear()
    {
        Array.Clear(_best);
        Array.Clear(_rightBest);
        foreach (float[] plane in (float[][])[_disparity, _before, _after, _previous, _rightDisparity])
        {
            Array.Fill(plane, float.NaN);
        }
    }

    /// <summary>Enters one row's scores of the next disparity.</summary>
    /// <param name="y">The row.</param>
    /// <param name="disparity">px; one more than at the last call for this row.</param>
    /// <param name="sums">Sums of products over blocks, shape [W].</param>
    /// <param name="leftNorms">What they are multiplied by, shape [W].</param>
    /// <param name="rightNorms">The same of the right image.</param>
    /// <param name="vectorised">Whether to use vector instructions.</param>
    public void Enter(int y, int disparity, ReadOnlySpan<int> sums, ReadOnlySpan<float> leftNorms, ReadOnlySpan<float> rightNorms, bool vectorised)
    {
        int tried = _sensor.Width - disparity, first = (y * _sensor.Width) + disparity, rightFirst = y * _sensor.Width;
        sums = sums[disparity..];
        leftNorms = leftNorms[disparity..];
        Span<float> best = _best.AsSpan(first, tried), chosen = _disparity.AsSpan(first, tried), before = _before.AsSpan(first, tried);
        Span<float> after = _after.AsSpan(first, tried), previous = _previous.AsSpan(first, tried);
        Span<float> rightBest = _rightBest.AsSpan(rightFirst, tried), rightChosen = _rightDisparity.AsSpan(rightFirst, tried);
        int x = 0;
        if (vectorised)
        {
            Vector<float> now = new(disparity), last = new(disparity - 1), unknown = new(float.NaN);
            for (; x <= tried - Vector<float>.Count; x += Vector<float>.Count)
            {
                Vector<float> score = Vector.ConvertToSingle(Vector.Create(sums[x..])) * Vector.Create(leftNorms[x..]) * Vector.Create(rightNorms[x..]);
                Vector<float> held = Vector.Create<float>(best[x..]), choice = Vector.Create<float>(chosen[x..]);
                Vector<int> wins = Vector.GreaterThan(score, held), follows = Vector.Equals(choice, last);
                Vector<float> later = Vector.ConditionalSelect(follows, score, Vector.Create<float>(after[x..]));
                Vector.ConditionalSelect(wins, unknown, later).CopyTo(after[x..]);
                Vector.ConditionalSelect(wins, Vector.Create<float>(previous[x..]), Vector.Create<float>(before[x..])).CopyTo(before[x..]);
                Vector.ConditionalSelect(wins, now, choice).CopyTo(chosen[x..]);
                Vector.ConditionalSelect(wins, score, held).CopyTo(best[x..]);
                score.CopyTo(previous[x..]);
                Vector<float> rightHeld = Vector.Create<float>(rightBest[x..]);
                wins = Vector.GreaterThan(score, rightHeld);
                Vector.ConditionalSelect(wins, now, Vector.Create<float>(rightChosen[x..])).CopyTo(rightChosen[x..]);
                Vector.ConditionalSelect(wins, score, rightHeld).CopyTo(rightBest[x..]);
            }
        }

        for (; x < tried; x++)
        {
            float score = sums[x] * leftNorms[x] * rightNorms[x];
            after[x] = chosen[x] == disparity - 1 ? score : after[x];
            if (score > best[x])
            {
                (best[x], chosen[x], before[x], after[x]) = (score, disparity, previous[x], float.NaN);
            }

            previous[x] = score;
            if (score > rightBest[x])
            {
                (rightBest[x], rightChosen[x]) = (score, disparity);
            }
        }
    }

    /// <summary>The winners, checked and refined as the settings say.</summary>
    /// <param name="settings">The matcher's.</param>
    /// <param name="disparitiesPx">Receives px, or NaN; shape [H,W].</param>
    public void Answer(BlockMatcherSettings settings, Span<float> disparitiesPx)
    {
        for (int i = 0; i < disparitiesPx.Length; i++)
        {
            float disparity = _disparity[i];
            bool stands = settings.LeftRightTolerancePx is not { } tolerance || float.IsNaN(disparity)
                || Math.Abs(_rightDisparity[i - (int)disparity] - disparity) <= tolerance;
            disparitiesPx[i] = !stands ? float.NaN : settings.Subpixel ? disparity + Vertex(_before[i], _best[i], _after[i]) : disparity;
        }
    }

    /// <summary>Where the parabola through three scores is highest, −0.5 to 0.5; 0 where a neighbour was not tried or all are alike.</summary>
    private static float Vertex(float before, float best, float after)
    {
        float curvature = before - (2 * best) + after;
        return curvature < 0 ? (before - after) / (2 * curvature) : 0f;   // NaN is not below 0
    }
}
