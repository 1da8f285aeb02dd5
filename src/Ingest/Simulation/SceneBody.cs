using System.Numerics;

namespace StereoSpike.Ingest;

/// <summary>A rigid thing in a scene: its surfaces and how it moves.</summary>
public sealed class SceneBody
{
    /// <summary>Makes a body whose surfaces never hide one another: a plate, or the outside or inside of a convex solid.</summary>
    /// <param name="surfaces">Its surfaces, at least one.</param>
    /// <param name="path">How it moves.</param>
    /// <param name="layer">What it stands before: bodies of a higher layer cover those of a lower one.</param>
    /// <exception cref="ArgumentException">There is no surface.</exception>
    public SceneBody(IReadOnlyList<SceneSurface> surfaces, SmoothPath path, int layer)
    {
        ArgumentNullException.ThrowIfNull(surfaces);
        ArgumentNullException.ThrowIfNull(path);
        if (surfaces.Count == 0)
        {
            throw new ArgumentException("A body needs at least one surface.", nameof(surfaces));
        }

        Surfaces = surfaces;
        Path = path;
        Layer = layer;
        IsStill = path.IsStill;
        RadiusMetres = surfaces.SelectMany(Corners).Max(corner => corner.Length());
        CylinderRadiusMetres = surfaces.SelectMany(Corners).Max(corner => new Vector2(corner.X, corner.Z).Length());
    }

    /// <summary>Its surfaces.</summary>
    public IReadOnlyList<SceneSurface> Surfaces { get; }

    /// <summary>How it moves.</summary>
    public SmoothPath Path { get; }

    /// <summary>0 for what lies behind everything; higher layers cover lower ones.</summary>
    public int Layer { get; }

    /// <summary>Distance of its farthest corner from its own origin, metres.</summary>
    public float RadiusMetres { get; }

    /// <summary>Radius of the upright cylinder around its origin that holds it while it turns about its vertical only, metres.</summary>
    public float CylinderRadiusMetres { get; }

    /// <summary>Whether it never moves.</summary>
    public bool IsStill { get; }

    /// <summary>A box around its own origin.</summary>
    /// <param name="size">Its width, height and depth, metres.</param>
    /// <param name="inside">True for a room, seen from within; false for a box seen from without.</param>
    /// <param name="paint">Gives each surface (0 left, 1 right, 2 top, 3 bottom, 4 near, 5 far; width and height in metres) its paint.</param>
    /// <param name="path">How it moves.</param>
    /// <param name="layer">See the constructor.</param>
    public static SceneBody Box(Vector3 size, bool inside, Func<int, Vector2, SurfacePaint> paint, SmoothPath path, int layer)
    {
        ArgumentNullException.ThrowIfNull(paint);
        Vector3 h = size / 2f, x = new(size.X, 0, 0), y = new(0, size.Y, 0), z = new(0, 0, size.Z);

        // Corner and edges of each face, U × V pointing into the box, and what adjoins at u = 0, u = 1, v = 0, v = 1.
        (Vector3 Origin, Vector3 U, Vector3 V, (int, int, int, int) Neighbours)[] faces =
        [
            (new(-h.X, -h.Y, h.Z), -z, y, (5, 4, 2, 3)),
            (new(h.X, -h.Y, -h.Z), z, y, (4, 5, 2, 3)),
            (new(-h.X, -h.Y, h.Z), x, -z, (0, 1, 5, 4)),
            (new(-h.X, h.Y, -h.Z), x, z, (0, 1, 4, 5)),
            (new(-h.X, -h.Y, -h.Z), x, y, (0, 1, 2, 3)),
            (new(h.X, -h.Y, h.Z), -x, y, (1, 0, 2, 3)),
        ];
        return new SceneBody([.. faces.Select((face, index) => Painted(face, index))], path, layer);

        SceneSurface Painted((Vector3 Origin, Vector3 U, Vector3 V, (int U0, int U1, int V0, int V1) N) face, int index)
        {
            // Seen from within, a face runs the other way: exchange the ends of U.
            (Vector3 origin, Vector3 u) = inside ? (face.Origin + face.U, -face.U) : (face.Origin, face.U);
            (int, int, int, int) neighbours = inside ? (face.N.U1, face.N.U0, face.N.V0, face.N.V1) : face.N;
            var extent = new Vector2(u.Length(), face.V.Length());
            SurfacePaint colours = paint(index, extent);
            return colours.On(origin, u, face.V) with { Neighbours = neighbours };
        }
    }

    private static IEnumerable<Vector3> Corners(SceneSurface surface) =>
        [surface.Origin, surface.Origin + surface.EdgeU, surface.Origin + surface.EdgeV, surface.Origin + surface.EdgeU + surface.EdgeV];
}
