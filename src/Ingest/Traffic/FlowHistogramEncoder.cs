namespace StereoSpike.Ingest;

/// <summary>Windows of a flow as histograms over time and packet size.</summary>
/// <remarks>
/// Sizes have 150 bins a direction, finest where headers and acknowledgements lie: 0 to 40 bytes in one, 40 to 90 byte by byte, 90 to 590 by tens, from 590 on by twenties; the last takes all that is larger. Bins 0 to 149 are
/// forward, 150 to 299 backward. A bin holds a count.
/// Source: A. Rasteh, F. Delpech, C. Aguilar-Melchor, R. Zimmer, S. B. Shouraki, T. Masquelier, "Encrypted internet traffic classification using a supervised spiking neural network", Neurocomputing 503 (2022),
/// arXiv:2101.09818. Deviations: time bins are of fixed length from the window's start, where the published code stretches them over what each sample spans; and both directions have the same fine bins, where its backward ones start at 0.
/// </remarks>
/// <param name="settings">Windows.</param>
public sealed class FlowHistogramEncoder(FlowHistogramSettings settings)
{
    /// <summary>Size bins of a direction.</summary>
    public const int SizeBins = 150;

    /// <summary>Size bins of both directions.</summary>
    public const int Channels = 2 * SizeBins;

    /// <summary>The bin of a packet.</summary>
    /// <param name="length">Length of the IP packet, bytes.</param>
    /// <param name="forward">Whether the initiator sent it.</param>
    public static int Bin(int length, bool forward)
    {
        int bin = length switch
        {
            < 40 => 0,
            < 90 => 1 + (length - 40),
            < 590 => 51 + ((length - 90) / 10),
            _ => Math.Min(101 + ((length - 590) / 20), SizeBins - 1),
        };
        return forward ? bin : SizeBins + bin;
    }

    /// <summary>Windows that start at the flow's first packet and every stride after, as long as they hold enough.</summary>
    /// <param name="flow">The flow; packets out of order are put in order.</param>
    /// <returns>Start of each window, µs, and its histogram, shape [steps, 300].</returns>
    public IEnumerable<(long StartUs, float[] Histogram)> Encode(TrafficFlow flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        FlowPacket[] packets = [.. flow.Packets.OrderBy(packet => packet.TimestampUs)];
        int first = 0;
        for (long start = packets[0].TimestampUs; start <= packets[^1].TimestampUs; start += settings.StrideUs)
        {
            while (packets[first].TimestampUs < start)
            {
                first++;
            }

            int end = first;
            while (end < packets.Length && packets[end].TimestampUs < start + settings.WindowUs)
            {
                end++;
            }

            if (end - first < settings.MinimumPackets || packets[end - 1].TimestampUs - packets[first].TimestampUs < settings.MinimumSpanUs)
            {
                if (end < packets.Length && end == first)
                {
                    start += (packets[end].TimestampUs - start - settings.WindowUs) / settings.StrideUs * settings.StrideUs;   // to the last window that misses the next packet, in one go
                }

                continue;
            }

            var histogram = new float[settings.Steps * Channels];
            for (int i = first; i < end; i++)
            {
                histogram[((int)((packets[i].TimestampUs - start) / settings.StepUs) * Channels) + Bin(packets[i].Length, packets[i].Forward)]++;
            }

            yield return (start, histogram);
        }
    }
}
