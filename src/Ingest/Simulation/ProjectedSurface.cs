using System.Numerics;
using System.Runtime.Intrinsics;

namespace StereoSpike.Ingest;

/// <summary>A surface as one camera sees it at one instant: everything a pixel asks for, as linear functions of its ray.</summary>
/// <remarks><code>
/// z·r = O + u·U + v·V      with r = (rx, ry, 1)
/// (u/z, v/z, 1/z) = [U V O]⁻¹ r
/// </code>
/// so 1/z, u/z and v/z are linear in (rx, ry): a surface that crosses the camera's plane needs no clipping.</remarks>
internal struct ProjectedSurface
{
    /// <summary>1/z as (a, b, c): a·rx + b·ry + c, 1/metres.</summary>
    public Vector3 InverseDepth;

    /// <summary>v/z; u/z likewise.</summary>
    public Vector3 U, V;

    /// <summary>Texture column over z, row over z; texels/metre.</summary>
    public Vector3 TexelX, TexelY;

    /// <summary>The four edges u = 0, u = 1, v = 0, v = 1 as signed distances in ray units, inside positive: A·rx + B·ry + C.</summary>
    public Vector128<float> EdgeA, EdgeB, EdgeC;

    /// <summary>Coverage of a pixel whose middle lies on the edge: 0.5, or up to 2 where another surface of the body is painted over the joint.</summary>
    public Vector128<float> CoverageOnEdge;

    /// <summary>The range of 1/z on the surface: just outside a rectangle seen from its side its plane may be anywhere.</summary>
    public float FarthestInverseDepth, NearestInverseDepth;

    public SceneSurface Surface;

    /// <summary>Whether neither it nor the camera has moved since the last picture.</summary>
    public bool IsStill;

    /// <summary>Nothing nearer than this is seen, metres.</summary>
    private const float ClosestMetres = 0.02f;

    /// <summary>Projects a surface.</summary>
    /// <param name="surface">The surface.</param>
    /// <param name="pose">Its body, in the camera's axes.</param>
    /// <param name="projected">What the camera sees, but for <see cref="CoverageOnEdge"/>, which depends on the other surfaces.</param>
    /// <returns>False where the camera sees its back or its edge.</returns>
    public static bool TryProject(SceneSurface surface, in RigidPose pose, out ProjectedSurface projected)
    {
        projected = default;
        Vector3 o = pose.ToWorld(surface.Origin);
        Vector3 u = Vector3.Transform(surface.EdgeU, pose.Orientation), v = Vector3.Transform(surface.EdgeV, pose.Orientation);
        Vector3 normal = Vector3.Cross(u, v);
        float determinant = Vector3.Dot(o, normal);
        float seen = determinant / (normal.Length() * Math.Max(o.Length(), 1e-6f));
        if (surface.TwoSided ? Math.Abs(seen) < 1e-5f : seen < 1e-5f)
        {
            return false;
        }

        projected.Surface = surface;
        projected.InverseDepth = normal / determinant;
        projected.U = Vector3.Cross(v, o) / determinant;
        projected.V = Vector3.Cross(o, u) / determinant;
        projected.TexelX = (projected.U * surface.Texels.X) + (projected.InverseDepth * surface.TexelOrigin.X);
        projected.TexelY = (projected.V * surface.Texels.Y) + (projected.InverseDepth * surface.TexelOrigin.Y);
        Span<Vector3> edges = [projected.U, projected.InverseDepth - projected.U, projected.V, projected.InverseDepth - projected.V];
        foreach (ref Vector3 edge in edges)
        {
            edge /= Math.Max(MathF.Sqrt((edge.X * edge.X) + (edge.Y * edge.Y)), 1e-12f);
        }

        (float z0, float z1, float z2, float z3) = (o.Z, o.Z + u.Z, o.Z + v.Z, o.Z + u.Z + v.Z);
        float near = Math.Min(Math.Min(z0, z1), Math.Min(z2, z3)), far = Math.Max(Math.Max(z0, z1), Math.Max(z2, z3));
        if (far <= ClosestMetres)
        {
            return false;
        }

        projected.FarthestInverseDepth = 1f / far;
        projected.NearestInverseDepth = 1f / Math.Max(near, ClosestMetres);
        projected.EdgeA = Vector128.Create(edges[0].X, edges[1].X, edges[2].X, edges[3].X);
        projected.EdgeB = Vector128.Create(edges[0].Y, edges[1].Y, edges[2].Y, edges[3].Y);
        projected.EdgeC = Vector128.Create(edges[0].Z, edges[1].Z, edges[2].Z, edges[3].Z);
        projected.CoverageOnEdge = Vector128.Create(0.5f);
        return true;
    }

    /// <summary>Lets the surface reach under those painted after it, so that nothing shines through the joint.</summary>
    /// <param name="u0">Whether one adjoins at u = 0 that is painted later; likewise the others.</param>
    /// <param name="u1">At u = 1.</param>
    /// <param name="v0">At v = 0.</param>
    /// <param name="v1">At v = 1.</param>
    public void ReachUnder(bool u0, bool u1, bool v0, bool v1) =>
        CoverageOnEdge = Vector128.Create(Reach(u0, 0, 2, 3), Reach(u1, 1, 2, 3), Reach(v0, 2, 0, 1), Reach(v1, 3, 0, 1));

    /// <summary>Coverage on an edge between two others.</summary>
    /// <remarks>
    /// Moving an edge out by r px moves a corner of angle φ out by r/sin φ, so a surface seen nearly from its side would grow a long thorn:
    /// at corners sharper than 90° r shrinks with sin φ.
    /// </remarks>
    private readonly float Reach(bool covered, int edge, int before, int after) =>
        covered ? 0.5f + (1.5f * Math.Min(Bluntness(edge, before), Bluntness(edge, after))) : 0.5f;

    private readonly float Bluntness(int edge, int other)
    {
        float cosine = -((EdgeA[edge] * EdgeA[other]) + (EdgeB[edge] * EdgeB[other]));   // of the angle between them inside the surface
        return cosine <= 0f ? 1f : MathF.Sqrt(Math.Max(0f, 1f - (cosine * cosine)));
    }

    /// <summary>How much of a tile the surface covers.</summary>
    public readonly TileCoverage Classify(in PixelRays.Tile tile, float blurPx)
    {
        Vector128<float> middle = (EdgeA * tile.Middle.X) + (EdgeB * tile.Middle.Y) + EdgeC;
        Vector128<float> reach = (Vector128.Abs(EdgeA) * tile.Reach.X) + (Vector128.Abs(EdgeB) * tile.Reach.Y);

        // Coverage runs linearly over blurPx pixels: it is 0 at −c·blur and 1 at (1 − c)·blur from the edge, c being the coverage on it.
        float blur = blurPx * tile.Pitch;
        if (Vector128.LessThanAny(middle + reach, CoverageOnEdge * -blur))
        {
            return TileCoverage.None;
        }

        return Surface.Mask is null && Vector128.GreaterThanAll(middle - reach, (Vector128<float>.One - CoverageOnEdge) * blur)
            ? TileCoverage.Full
            : TileCoverage.Partial;
    }
}

/// <summary>How much of a tile a surface covers.</summary>
internal enum TileCoverage
{
    None,
    Partial,
    Full,
}
