namespace StereoSpike.Readout;

/// <summary>Gives every pixel an answer, so that a method that answers at some pixels only can be scored at all of them.</summary>
/// <remarks>
/// An unknown pixel takes the smaller of the nearest known disparities to its left and right: what one camera alone sees lies behind
/// (Hirschmüller, "Stereo Processing by Semiglobal Matching and Mutual Information", TPAMI 30, 2008, in his directions along the row).
/// A row without any takes the median of the map.
/// </remarks>
public static class DisparityFilling
{
    /// <summary>Fills a map in place.</summary>
    /// <param name="disparitiesPx">Shape [H,W], px, NaN where unknown; known everywhere on return.</param>
    /// <param name="sensor">H and W.</param>
    /// <param name="otherwisePx">What a map without any known pixel is filled with, px.</param>
    /// <exception cref="ArgumentException">The map is not of the sensor's size.</exception>
    public static void Fill(Span<float> disparitiesPx, SensorSize sensor, float otherwisePx)
    {
        Guard.Length(disparitiesPx.Length, sensor.Pixels, nameof(disparitiesPx));
        float median = Median(disparitiesPx, otherwisePx);
        for (int y = 0; y < sensor.Height; y++)
        {
            Span<float> row = disparitiesPx.Slice(y * sensor.Width, sensor.Width);
            int known = -1;
            for (int x = 0; x <= row.Length; x++)
            {
                if (x < row.Length && float.IsNaN(row[x]))
                {
                    continue;
                }

                float left = known >= 0 ? row[known] : float.PositiveInfinity, right = x < row.Length ? row[x] : float.PositiveInfinity;
                row[(known + 1)..x].Fill(float.IsFinite(Math.Min(left, right)) ? Math.Min(left, right) : median);
                known = x;
            }
        }
    }

    private static float Median(ReadOnlySpan<float> disparitiesPx, float otherwisePx)
    {
        float[] known = [.. disparitiesPx.ToArray().Where(disparity => !float.IsNaN(disparity)).Order()];
        return known.Length > 0 ? known[known.Length / 2] : otherwisePx;
    }
}
