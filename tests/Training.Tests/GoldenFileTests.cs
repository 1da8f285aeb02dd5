using StereoSpike.Readout;

namespace StereoSpike.Training.Tests;

/// <summary>PyTorch's own answers, made by an independent implementation that equals the authors' code. No |v − v_th| in them is under 2e-5, so spikes must match exactly.</summary>
[Collection(nameof(OneTorchThread))]
public class GoldenFileTests
{
    [Theory]
    [InlineData("dense-if")]
    [InlineData("dense-plif")]
    [InlineData("separable-plif")]
    [InlineData("monocular-dense-if")]
    public void Spikes_depths_loss_penalty_and_gradients_equal_PyTorchs(string name)
    {
        ReferenceReport report = ReferenceVerification.Verify(ReferenceFile.Load(Path.Combine(AppContext.BaseDirectory, "Golden", $"{name}.npz")));

        Assert.True(report.Passed, report.ToString());
        Assert.Equal((0, 0), (report.SpikeMismatches, report.SpikeTies));
        Assert.NotNull(report.GradientMaxRel);
    }
}
