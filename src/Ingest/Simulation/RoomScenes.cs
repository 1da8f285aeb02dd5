using System.Numerics;

namespace StereoSpike.Ingest;

/// <summary>Rooms that a rig flies through.</summary>
internal static class RoomScenes
{
    /// <summary>Farthest that the rig leaves the middle of the room, metres; what stands in the room keeps clear of it.</summary>
    private const float FlightRadius = 0.9f;

    private const float NearestApproach = 0.7f;

    public static SimulatedScene Draw(ulong seed, TextureShare textures)
    {
        var draws = new SeededDraws(seed, 0x400) { Textures = textures };
        var size = new Vector3(draws.Uniform(6f, 10f), draws.Uniform(2.6f, 4f), draws.Uniform(6f, 10f));
        List<SceneBody> bodies = [Walls(draws, size)];
        AddPosters(draws, size, bodies);
        AddObjects(draws, size, bodies);
        return new SimulatedScene($"room-{seed}", bodies, Flight(draws), DepthOrder.UprightCylinders);
    }

    private static SceneBody Walls(SeededDraws draws, Vector3 size) =>
        SceneBody.Box(size, inside: true, (_, _) => ScenePaints.Any(draws, draws.Uniform(1.5f, 3f), 3), new SmoothPath(), layer: 0);

    /// <summary>Pictures on the walls, a centimetre before them.</summary>
    private static void AddPosters(SeededDraws draws, Vector3 size, List<SceneBody> bodies)
    {
        for (int wall = 0; wall < 4; wall++)
        {
            bool across = wall % 2 == 0;
            float distance = (across ? size.Z : size.X) / 2f, half = ((across ? size.X : size.Z) / 2f) - 1.2f;
            float turn = wall * MathF.PI / 2f;
            foreach (float side in (ReadOnlySpan<float>)[-1f, 1f])
            {
                float width = draws.Uniform(0.5f, 1.6f), height = draws.Uniform(0.5f, 1.6f);
                float along = side * draws.Uniform(0.45f, 1f) * half, up = draws.Uniform(-0.35f, 0.35f);
                var middle = Vector3.Transform(new Vector3(along, up, distance - 0.01f), Quaternion.CreateFromAxisAngle(Vector3.UnitY, turn));
                bodies.Add(Panel(draws, width, height, middle, turn, layer: 1));
            }
        }
    }

    private static void AddObjects(SeededDraws draws, Vector3 size, List<SceneBody> bodies)
    {
        List<(Vector2 Place, float Radius)> taken = [];
        int wanted = 7 + draws.NextIndex(8);
        for (int attempt = 0; attempt < 120 && taken.Count < wanted; attempt++)
        {
            SceneBody body = Thing(draws, size);
            var place = new Vector2(body.Path.StartMetres.X, body.Path.StartMetres.Z);
            float radius = body.CylinderRadiusMetres;
            bool inside = Math.Abs(place.X) + radius < size.X / 2f && Math.Abs(place.Y) + radius < size.Z / 2f;
            bool clear = place.Length() - radius > FlightRadius + NearestApproach;
            if (inside && clear && taken.All(other => Vector2.Distance(other.Place, place) > other.Radius + radius + 0.02f))
            {
                taken.Add((place, radius));
                bodies.Add(body);
            }
        }
    }

    private static SceneBody Thing(SeededDraws draws, Vector3 room)
    {
        float far = Math.Max(room.X, room.Z) / 2f, distance = draws.Uniform(FlightRadius + NearestApproach + 0.2f, far), bearing = draws.Uniform(-MathF.PI, MathF.PI);
        float width = draws.Uniform(0.25f, 0.9f), height = draws.Uniform(0.3f, 1.9f), depth = draws.Uniform(0.2f, 0.7f);
        bool stands = draws.Chance(0.7);
        float floor = room.Y / 2f;
        float up = stands ? floor - (height / 2f) : draws.Uniform(-floor + (height / 2f) + 0.05f, floor - (height / 2f) - 0.05f);
        var middle = new Vector3(distance * MathF.Sin(bearing), up, distance * MathF.Cos(bearing));
        float turn = bearing + draws.Uniform(-0.8f, 0.8f);
        double kind = draws.NextUnit();
        if (kind < 0.2)
        {
            float tall = draws.Uniform(1.4f, 1.9f);
            return Person(draws, tall, middle with { Y = floor - (tall / 2f) }, bearing + draws.Uniform(-0.3f, 0.3f));
        }

        if (kind < 0.4)
        {
            return Panel(draws, width, height, middle, turn, layer: 2);
        }

        var path = new SmoothPath { StartMetres = middle, StartRadians = new Vector3(0, turn, 0) };
        SurfacePaint paint = ScenePaints.Any(draws, draws.Uniform(0.4f, 1f), 4);
        return SceneBody.Box(new Vector3(width, height, depth), inside: false, (_, _) => paint.Lit(draws.Uniform(0.5f, 1.2f)), path, layer: 2);
    }

    private static SceneBody Panel(SeededDraws draws, float width, float height, Vector3 middle, float turn, int layer)
    {
        SceneSurface surface = ScenePaints.Any(draws, draws.Uniform(0.4f, 1.2f), 4)
            .On(new Vector3(-width / 2f, -height / 2f, 0), new Vector3(width, 0, 0), new Vector3(0, height, 0)) with
        { TwoSided = true };
        return new SceneBody([surface], new SmoothPath { StartMetres = middle, StartRadians = new Vector3(0, turn, 0) }, layer);
    }

    private static SceneBody Person(SeededDraws draws, float height, Vector3 middle, float turn)
    {
        float width = height / 2f;
        SceneSurface surface = ScenePaints.Any(draws, height, 4)
            .On(new Vector3(-width / 2f, -height / 2f, 0), new Vector3(width, 0, 0), new Vector3(0, height, 0)) with
        {
            TwoSided = true,
            Mask = SilhouetteMask.Person(draws.NextBits()),
        };
        return new SceneBody([surface], new SmoothPath { StartMetres = middle, StartRadians = new Vector3(0, turn, 0) }, 2);
    }

    /// <summary>A flight like a small drone's: 0.3 to 1.5 m/s and turns of up to a radian a second at their fastest.</summary>
    private static SmoothPath Flight(SeededDraws draws)
    {
        const int Count = 3;
        double speed = draws.LogUniform(0.3, 1.5), turning = draws.LogUniform(0.1, 1.0);
        var swings = new Swing[Count];
        for (int i = 0; i < Count; i++)
        {
            double hertz = draws.LogUniform(0.08, 0.6), angular = 2 * Math.PI * hertz;

            // Peak speed of a swing is amplitude · 2π · frequency; the amplitudes together stay inside the flight radius.
            float reach = (float)Math.Min(speed / Math.Sqrt(Count) / angular, FlightRadius / Count);
            float yaw = (float)Math.Min(turning / Math.Sqrt(Count) / angular, 0.6);
            double heading = draws.Uniform(0, 2 * Math.PI);
            swings[i] = new Swing(
                new Vector3(reach * (float)Math.Cos(heading), 0.4f * reach * draws.Uniform(-1f, 1f), reach * (float)Math.Sin(heading)),
                new Vector3(Math.Min(0.25f * yaw, 0.05f), yaw, Math.Min(0.2f * yaw, 0.05f)),
                hertz, draws.Uniform(0, 2 * Math.PI));
        }

        return new SmoothPath { StartRadians = new Vector3(draws.Uniform(-0.08f, 0.08f), draws.Uniform(-MathF.PI, MathF.PI), 0), Swings = swings };
    }
}
