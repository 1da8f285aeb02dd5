using System.Numerics;

namespace StereoSpike.Ingest;

/// <summary>An outline cut from a rectangle: how far each place lies inside it. Kept as a distance, so that its edge is sharp at any size.</summary>
public sealed class SilhouetteMask
{
    /// <summary>Columns of the field.</summary>
    internal const int Columns = 64;

    /// <summary>Rows of the field.</summary>
    internal const int Rows = 128;

    private SilhouetteMask(float[] distances) => Distances = distances;

    /// <summary>Distance inside the outline (negative outside) at the middle of each cell, shape [Rows, Columns], in heights of the rectangle, which is twice as high as wide.</summary>
    internal float[] Distances { get; }

    /// <summary>A standing person.</summary>
    /// <param name="seed">Proportions and posture.</param>
    public static SilhouetteMask Person(ulong seed)
    {
        var draws = new SeededDraws(seed, 0xBEE);
        float hip = draws.Uniform(0.48f, 0.54f), shoulder = draws.Uniform(0.20f, 0.23f), lean = draws.Uniform(-0.03f, 0.03f);
        float stance = draws.Uniform(0.03f, 0.12f), reach = draws.Uniform(0.10f, 0.19f), girth = draws.Uniform(0.07f, 0.10f);
        Vector2 neck = new(0.25f + lean, shoulder), pelvis = new(0.25f, hip);
        (Vector2 From, Vector2 To, float Radius)[] limbs =
        [
            (new(0.25f + lean, 0.09f), new(0.25f + lean, 0.10f), 0.065f),
            (neck, pelvis, girth),
            (pelvis, new(0.25f - stance, 0.94f), 0.045f),
            (pelvis, new(0.25f + stance, 0.94f), 0.045f),
            (neck, new(0.25f - reach, draws.Uniform(0.42f, 0.52f)), 0.03f),
            (neck, new(0.25f + reach, draws.Uniform(0.42f, 0.52f)), 0.03f),
        ];
        return new SilhouetteMask(Field(place => limbs.Max(limb => limb.Radius - DistanceToSegment(place, limb.From, limb.To))));
    }

    /// <summary>A rounded body: an ellipse that fills the rectangle but for a small margin.</summary>
    public static SilhouetteMask Ellipse()
    {
        // First-order distance to an ellipse: (1 − g) / |∇g| with g = |p / semi-axes|.
        Vector2 axes = new(0.235f, 0.48f);
        return new SilhouetteMask(Field(place =>
        {
            Vector2 scaled = (place - new Vector2(0.25f, 0.5f)) / axes;
            float radius = Math.Max(scaled.Length(), 1e-3f);
            return (1f - radius) * radius / (scaled / axes).Length();
        }));
    }

    private static float[] Field(Func<Vector2, float> distance)
    {
        var field = new float[Rows * Columns];
        for (int i = 0; i < field.Length; i++)
        {
            field[i] = distance(new Vector2(((i % Columns) + 0.5f) / Rows, ((i / Columns) + 0.5f) / Rows));
        }

        return field;
    }

    private static float DistanceToSegment(Vector2 place, Vector2 from, Vector2 to)
    {
        Vector2 along = to - from;
        float share = Math.Clamp(Vector2.Dot(place - from, along) / along.LengthSquared(), 0f, 1f);
        return Vector2.Distance(place, from + (share * along));
    }
}
