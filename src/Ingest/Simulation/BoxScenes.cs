using System.Numerics;

namespace StereoSpike.Ingest;

/// <summary>Boxes, panels and silhouettes that cross the view, like small laboratory recordings: few events, nearly all from outlines.</summary>
internal static class BoxScenes
{
    private const double FarthestDisparityPx = 3;

    public static SimulatedScene Draw(ulong seed, StereoRig rig, double nearestDisparityPx, TextureShare textures)
    {
        var draws = new SeededDraws(seed, 0xB0C5) { Textures = textures };
        float backgroundDepth = (float)rig.DepthMetres(draws.Uniform(1.0, 2.2));
        SceneBody background = Background(draws, rig, backgroundDepth);
        float surroundings = MathF.Sqrt(background.Surfaces[0].Dark * background.Surfaces[0].Bright);
        List<SceneBody> bodies = [background];
        List<(float Near, float Far)> taken = [];
        float closest = Math.Min(0.5f, 0.45f * (float)rig.DepthMetres(nearestDisparityPx));   // nothing may reach the cameras
        int wanted = 1 + draws.NextIndex(4);
        for (int attempt = 0; attempt < 60 && taken.Count < wanted; attempt++)
        {
            SceneBody body = Thing(draws, rig, surroundings, nearestDisparityPx);
            float depth = body.Path.StartMetres.Z, reach = body.RadiusMetres;

            // No two bodies share a depth, nor one with the background, so that their order along the axis is their order in view.
            (float near, float far) = (depth - reach, depth + reach);
            if (near > closest && far < backgroundDepth && taken.All(other => far < other.Near || near > other.Far))
            {
                taken.Add((near, far));
                bodies.Add(body);
            }
        }

        return new SimulatedScene($"boxes-{seed}", bodies, Stand(draws));
    }

    private static SceneBody Background(SeededDraws draws, StereoRig rig, float depth)
    {
        // Three times the view, so that a drifting rig does not see its end.
        float width = 3f * depth * (float)(rig.Sensor.Width / rig.FocalPx), height = 3f * depth * (float)(rig.Sensor.Height / rig.FocalPx);
        SceneSurface surface = ScenePaints.Any(draws, width / draws.Uniform(4f, 8f), 2.5)
            .On(new Vector3(-width / 2f, -height / 2f, 0), new Vector3(width, 0, 0), new Vector3(0, height, 0));
        return new SceneBody([surface], new SmoothPath { StartMetres = new Vector3(0, 0, depth) }, layer: 0);
    }

    private static SceneBody Thing(SeededDraws draws, StereoRig rig, float surroundings, double nearestDisparityPx)
    {
        float depth = (float)rig.DepthMetres(draws.LogUniform(FarthestDisparityPx, nearestDisparityPx));
        float metresPerPixel = depth / (float)rig.FocalPx;
        float scale = rig.Sensor.Width / 240f * metresPerPixel;
        float width = draws.Uniform(18f, 80f) * scale, height = draws.Uniform(25f, 100f) * scale;
        SmoothPath path = Crossing(draws, rig, depth);
        SurfacePaint paint = draws.Chance(0.75)
            ? ScenePaints.Of(draws, TextureKind.Sparse, Math.Max(width, height), 3)
            : ScenePaints.Any(draws, Math.Max(width, height), 2.5);

        // Clearly darker or brighter than what it passes, or its outline would not be seen.
        double contrast = draws.LogUniform(1.25, 2.2);
        paint = paint.Lit((float)(surroundings / MathF.Sqrt(paint.Dark * paint.Bright) * (draws.Chance(0.7) ? 1 / contrast : contrast)));
        double kind = draws.NextUnit();
        if (kind < 0.45)
        {
            // Shallow, so that it keeps to its own depth.
            var size = new Vector3(width, height, Math.Min(width, 0.3f * depth) * draws.Uniform(0.3f, 0.8f));
            return SceneBody.Box(size, inside: false, (_, _) => paint.Lit(draws.Uniform(0.75f, 1.1f)), path, layer: 1);
        }

        SilhouetteMask? mask = kind < 0.7 ? null : kind < 0.9 ? SilhouetteMask.Person(draws.NextBits()) : SilhouetteMask.Ellipse();
        width = mask is null ? width : height / 2f;
        SceneSurface surface = paint.On(new Vector3(-width / 2f, -height / 2f, 0), new Vector3(width, 0, 0), new Vector3(0, height, 0)) with { Mask = mask, TwoSided = true };
        return new SceneBody([surface], path, layer: 1);
    }

    /// <summary>A way through the view, steady or to and fro, at 15 to 150 px/s.</summary>
    private static SmoothPath Crossing(SeededDraws draws, StereoRig rig, float depth)
    {
        float metresPerPixel = depth / (float)rig.FocalPx;
        double share = draws.NextUnit();   // squared: most are slow, half of them below 27 px/s
        float speed = 15f * (float)Math.Pow(10, share * share) * rig.Sensor.Width / 240f * metresPerPixel;
        double course = draws.Uniform(-0.5, 0.5) + (draws.Chance(0.5) ? Math.PI : 0);
        var velocity = new Vector3(speed * (float)Math.Cos(course), speed * (float)Math.Sin(course), 0);
        var start = new Vector3(
            draws.Uniform(-0.4f, 0.4f) * rig.Sensor.Width * metresPerPixel, draws.Uniform(-0.3f, 0.3f) * rig.Sensor.Height * metresPerPixel, depth);
        double hertz = draws.LogUniform(0.2, 0.8);
        bool swings = draws.Chance(0.5);
        Vector3 amplitude = velocity / (float)(2 * Math.PI * hertz);
        float sway = (float)draws.LogUniform(0.002, 0.06);
        return new SmoothPath
        {
            StartMetres = start,
            MetresPerSecond = swings ? Vector3.Zero : velocity,
            StartRadians = new Vector3(0, draws.Uniform(-0.45f, 0.45f), draws.Uniform(-0.12f, 0.12f)),
            Swings = [new Swing(swings ? amplitude : Vector3.Zero, new Vector3(0, sway, 0.5f * sway), hertz, draws.Uniform(0, 2 * Math.PI))],
        };
    }

    /// <summary>A rig at rest, or in a quarter of the scenes one that drifts by less than the width of a hand a second.</summary>
    private static SmoothPath Stand(SeededDraws draws) => draws.Chance(0.75)
        ? new SmoothPath()
        : new SmoothPath { Swings = [new Swing(new Vector3(draws.Uniform(0f, 0.03f), draws.Uniform(0f, 0.01f), 0), new Vector3(0, draws.Uniform(0f, 0.01f), 0), draws.Uniform(0.1, 0.4), draws.Uniform(0, 6))] };
}
