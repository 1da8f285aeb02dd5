using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>How a network did on a recording, and how well one does there without looking.</summary>
/// <param name="Network">The network's figures.</param>
/// <param name="MedianDisparityBiasPx">Median of predicted − true disparity, px; see <see cref="DisparityBias"/>.</param>
/// <param name="Baselines">The training set's mean depth map, if known, then constants; all scored as the network is.</param>
public sealed record RecordingReport(DepthReport Network, double MedianDisparityBiasPx, IReadOnlyList<BaselineReport> Baselines);
