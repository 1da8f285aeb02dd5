namespace StereoSpike.Readout;

/// <summary>The truth as the code published with StereoSpike alters it before training and testing: its small holes closed.</summary>
/// <remarks>
/// A grey-scale area closing with unknown depth taken as 0: of the depths, every basin smaller than the area is raised to the level
/// at which it reaches that area or meets another. This fills small unknown patches, but also pushes small near things back, which is why the raw
/// truth is the default here and this one must be asked for by name. Pixels are neighbours along rows and columns (4-connected).
/// Source: Vincent, "Grayscale area openings and closings, their efficient implementation and applications", 1993; computed with the
/// union-find of Meijster and Wilkinson, "A comparison of algorithms for connected set openings and closings", IEEE TPAMI 24(4), 2002.
/// </remarks>
public static class TruthClosing
{
    /// <summary>The area of the published code, px: a basin keeps its level from this size on.</summary>
    public const int PublishedAreaPx = 24;

    /// <summary>Closes small holes.</summary>
    /// <param name="truth">True depth, shape [H,W], metres, NaN where unknown; left as it is.</param>
    /// <param name="areaPx">The size from which a basin stays, px, at least 1.</param>
    /// <returns>The closed truth, shape [H,W], metres, NaN where still unknown.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The area is less than 1.</exception>
    public static DepthMap Close(DepthMap truth, int areaPx = PublishedAreaPx)
    {
        ArgumentNullException.ThrowIfNull(truth);
        Guard.AtLeast(areaPx, 1);
        float[] level = Array.ConvertAll(truth.Metres, depth => float.IsNaN(depth) ? 0f : depth);
        int[] order = Enumerable.Range(0, level.Length).ToArray();
        Array.Sort((float[])level.Clone(), order);
        var basins = new Basins(level, areaPx);
        foreach (int pixel in order)
        {
            basins.Flood(pixel, truth.Sensor);
        }

        float[] closed = basins.Levels(order);
        return new DepthMap(truth.Sensor, Array.ConvertAll(closed, depth => depth == 0f ? float.NaN : depth));
    }

    /// <summary>Basins growing pixel by pixel in rising order of depth; each has a root, the last pixel that joined it.</summary>
    private sealed class Basins(float[] level, int areaPx)
    {
        private readonly int[] _parent = NotYet(level.Length);
        private readonly int[] _area = new int[level.Length];

        public void Flood(int pixel, SensorSize sensor)
        {
            _parent[pixel] = pixel;
            _area[pixel] = 1;
            int x = pixel % sensor.Width, y = pixel / sensor.Width;
            Join(pixel, x > 0, pixel - 1);
            Join(pixel, x < sensor.Width - 1, pixel + 1);
            Join(pixel, y > 0, pixel - sensor.Width);
            Join(pixel, y < sensor.Height - 1, pixel + sensor.Width);
        }

        /// <summary>Each pixel at its root's level; roots come last in the order, so walk it backwards.</summary>
        public float[] Levels(int[] order)
        {
            var closed = new float[level.Length];
            for (int i = order.Length - 1; i >= 0; i--)
            {
                int pixel = order[i];
                closed[pixel] = _parent[pixel] == pixel ? level[pixel] : closed[_parent[pixel]];
            }

            return closed;
        }

        private void Join(int pixel, bool exists, int neighbour)
        {
            if (!exists || _parent[neighbour] < 0)
            {
                return;
            }

            int root = Root(neighbour);
            if (root == pixel)
            {
                return;
            }

            if (level[root] == level[pixel] || _area[root] < areaPx)
            {
                _area[pixel] += _area[root];
                _parent[root] = pixel;
            }
            else
            {
                _area[pixel] = areaPx;   // the neighbour is large enough to keep its level, and so is whatever touches it
            }
        }

        private int Root(int pixel)
        {
            int root = pixel;
            while (_parent[root] != root)
            {
                root = _parent[root];
            }

            while (_parent[pixel] != root)
            {
                (pixel, _parent[pixel]) = (_parent[pixel], root);
            }

            return root;
        }

        private static int[] NotYet(int pixels)
        {
            var parent = new int[pixels];
            Array.Fill(parent, -1);
            return parent;
        }
    }
}
