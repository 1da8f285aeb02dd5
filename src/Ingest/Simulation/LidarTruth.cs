namespace StereoSpike.Ingest;

/// <summary>Turns dense labels on their way to another sink into what a scanning range finder returns: some rows, and of them most pixels. Each scan starts at another row.</summary>
internal sealed class LidarTruth(SimulationSettings settings, ISimulationSink inner) : ISimulationSink
{
    private readonly ulong[] _labels = new ulong[2];

    public void TakeEvents(Camera camera, ReadOnlySpan<DvsEvent> events, ReadOnlySpan<float> disparitiesPx) => inner.TakeEvents(camera, events, disparitiesPx);

    public void TakeDepth(Camera camera, long timeUs, DepthMap depth) => inner.TakeDepth(camera, timeUs, Scanned(depth, _labels[(int)camera]++, camera));

    public void Complete() => inner.Complete();

    private DepthMap Scanned(DepthMap dense, ulong label, Camera camera)
    {
        var draws = new SeededDraws(settings.Seed, 0x11DA0000UL + (2 * label) + (ulong)camera);
        int first = draws.NextIndex(settings.LidarRowPitch), width = dense.Sensor.Width;
        DepthMap scanned = DepthMap.Unknown(dense.Sensor);
        for (int row = first; row < dense.Sensor.Height; row += settings.LidarRowPitch)
        {
            for (int pixel = row * width; pixel < (row + 1) * width; pixel++)
            {
                if (!draws.Chance(settings.LidarLoss))
                {
                    scanned.Metres[pixel] = dense.Metres[pixel];
                }
            }
        }

        return scanned;
    }
}
