using TorchSharp;

namespace StereoSpike.Model.Tests;

[Collection(nameof(OneTorchThread))]
public class LibTorchTests
{
    [Fact]
    public void Libtorch_loads_on_this_system_and_computes()
    {
        LibTorch.EnsureLoaded();

        using torch.Tensor four = torch.ones(2) * 2f + 2f;

        Assert.Equal([4f, 4f], four.data<float>().ToArray());
    }
}
