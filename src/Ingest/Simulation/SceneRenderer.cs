using System.Runtime.InteropServices;

namespace StereoSpike.Ingest;

/// <summary>Paints what one camera sees: intensity, and the nearest surface a pixel's footprint touches.</summary>
/// <remarks>
/// Painter's order, far to near, a tile at a time: what a nearer surface covers wholly is never painted. Outlines are blended by the
/// share of the pixel they cover. A tile in which nothing moved keeps its last picture.
/// </remarks>
internal sealed class SceneRenderer
{
    private readonly PixelRays _rays;
    private readonly float _blurPx;
    private readonly float _labelCoverage;
    private readonly bool[] _tileIsStill;
    private readonly List<ProjectedSurface> _surfaces = [];
    private readonly List<(SceneBody Body, float Nearness)> _order = [];
    private int[] _visible = new int[64];
    private RigidPose? _lastCamera;

    /// <summary>Makes a renderer for one camera.</summary>
    /// <param name="rays">Where its pixels look; at least one tile in size.</param>
    /// <param name="blurPx">Width of the ramp of an outline, px, at least 1.</param>
    /// <param name="labelCoverage">The share of a pixel that a surface must cover to give it its depth.</param>
    public SceneRenderer(PixelRays rays, float blurPx, float labelCoverage)
    {
        _rays = rays;
        _blurPx = blurPx;
        _labelCoverage = labelCoverage;
        _tileIsStill = new bool[rays.Tiles.Length];
        Intensity = new float[rays.Sensor.Pixels];
        InverseDepth = new float[rays.Sensor.Pixels];
    }

    /// <summary>Linear intensity, shape [H,W].</summary>
    public float[] Intensity { get; }

    /// <summary>1/z of the nearest surface in each pixel, shape [H,W], 1/metres; 0 where there is none.</summary>
    public float[] InverseDepth { get; }

    /// <summary>Paints the scene.</summary>
    /// <param name="scene">What stands there.</param>
    /// <param name="camera">The camera in the world.</param>
    /// <param name="seconds">When, since the recording's origin.</param>
    public void Render(SimulatedScene scene, in RigidPose camera, double seconds)
    {
        bool cameraIsStill = _lastCamera == camera;
        _lastCamera = camera;
        Project(scene, camera, seconds, cameraIsStill);
        Span<ProjectedSurface> surfaces = CollectionsMarshal.AsSpan(_surfaces);
        Array.Resize(ref _visible, Math.Max(_visible.Length, surfaces.Length));
        for (int i = 0; i < _tileIsStill.Length; i++)
        {
            PaintTile(i, surfaces, scene.SkyIntensity, cameraIsStill);
        }
    }

    private void PaintTile(int index, ReadOnlySpan<ProjectedSurface> surfaces, float sky, bool cameraIsStill)
    {
        ref readonly PixelRays.Tile tile = ref _rays.Tiles[index];
        int count = 0;
        bool covered = false, still = true;
        for (int i = 0; i < surfaces.Length; i++)
        {
            TileCoverage coverage = surfaces[i].Classify(tile, _blurPx);
            if (coverage == TileCoverage.None)
            {
                continue;
            }

            if (coverage == TileCoverage.Full)
            {
                (count, covered, still) = (0, true, true);
            }

            _visible[count++] = i;
            still &= surfaces[i].IsStill;
        }

        bool unchanged = still && cameraIsStill && _tileIsStill[index];
        _tileIsStill[index] = still;
        if (unchanged)
        {
            return;
        }

        var painter = new TilePainter(_rays, tile, Intensity, InverseDepth, _blurPx, _labelCoverage);
        if (!covered)
        {
            painter.Clear(sky);
        }

        for (int i = 0; i < count; i++)
        {
            painter.Paint(surfaces[_visible[i]], whole: i == 0 && covered);
        }
    }

    /// <summary>Lists what faces the camera, far to near.</summary>
    private void Project(SimulatedScene scene, RigidPose camera, double seconds, bool cameraIsStill)
    {
        _order.Clear();
        foreach (SceneBody body in scene.Bodies)
        {
            _order.Add((body, scene.Nearness(body, body.Path.At(seconds), camera)));
        }

        _order.Sort(static (a, b) => a.Body.Layer != b.Body.Layer ? a.Body.Layer.CompareTo(b.Body.Layer) : a.Nearness.CompareTo(b.Nearness));
        _surfaces.Clear();
        foreach ((SceneBody body, _) in _order)
        {
            ProjectBody(body, body.Path.At(seconds).SeenFrom(camera), cameraIsStill);
        }
    }

    private void ProjectBody(SceneBody body, RigidPose pose, bool cameraIsStill)
    {
        Span<bool> faces = stackalloc bool[body.Surfaces.Count];
        int first = _surfaces.Count;
        for (int i = 0; i < faces.Length; i++)
        {
            faces[i] = ProjectedSurface.TryProject(body.Surfaces[i], pose, out ProjectedSurface projected);
            if (faces[i])
            {
                projected.IsStill = body.IsStill && cameraIsStill;
                _surfaces.Add(projected);
            }
        }

        // A joint belongs to both its surfaces: the one painted first reaches under the other, so that no background shines through.
        Span<ProjectedSurface> added = CollectionsMarshal.AsSpan(_surfaces)[first..];
        for (int i = 0, place = 0; i < faces.Length; i++)
        {
            if (faces[i])
            {
                (int u0, int u1, int v0, int v1) = body.Surfaces[i].Neighbours;
                added[place++].ReachUnder(IsPaintedLater(u0, i, faces), IsPaintedLater(u1, i, faces), IsPaintedLater(v0, i, faces), IsPaintedLater(v1, i, faces));
            }
        }
    }

    private static bool IsPaintedLater(int neighbour, int surface, ReadOnlySpan<bool> faces) => neighbour > surface && faces[neighbour];
}
